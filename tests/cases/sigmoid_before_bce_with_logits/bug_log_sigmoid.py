# expect: BT403 at update 1
# source: torch.nn.BCEWithLogitsLoss, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4), nn.LogSigmoid())
o = torch.optim.Adam(m.parameters(), 0.001)
for _ in range(4):
    x, y = (torch.randn(12, 6), torch.randint(0, 2, (12, 4)).float())
    o.zero_grad()
    nn.BCEWithLogitsLoss()(m(x), y).backward()
    o.step()
