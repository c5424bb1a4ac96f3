# expect: BT433 at update 1
# source: torch.nn.CrossEntropyLoss, PyTorch documentation, `reduction`
# Each row has a weight, and the loss was averaged before.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(16, 6)
    y = x[:, :3].argmax(1)
    weights = 1 + 2 * (y == 0).float()
    loss = (F.cross_entropy(model(x), y) * weights).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
