# expect: BT409
# source: torch.utils.data.DataLoader (shuffle), PyTorch documentation
import torch
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, TensorDataset

torch.manual_seed(0)
healthy = TensorDataset(torch.randn(32, 5), torch.zeros(32, 1))
ill = TensorDataset(torch.randn(32, 5) + 1, torch.ones(32, 1))
loader = DataLoader(ConcatDataset([healthy, ill]), batch_size=8)
model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    optimizer.zero_grad()
    loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
    loss.backward()
    optimizer.step()
