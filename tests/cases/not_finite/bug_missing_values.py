# expect: BT501 at update 2
# source: "Loss becomes NaN: check your data for NaN", discuss.pytorch.org
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


x = torch.randn(64, 5)
x[20, 3] = float("nan")  # a sensor that failed
y = torch.randn(64, 1)

loader = DataLoader(TensorDataset(x, y), batch_size=16)
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for features, target in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(features), target).backward()
    optimizer.step()
