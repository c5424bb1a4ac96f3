# expect: BT213
# source: discuss.pytorch.org, "My network does not train": zero_grad and step were both left out
# also: BT101
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(24, 4)
loader = DataLoader(TensorDataset(x, x[:, :2].argmax(1)), batch_size=8)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for xb, yb in loader:
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
    print(loss.item())
