# expect: BT410 at update 1
# line: nn.Linear(8, 1), nn.ReLU())
# source: torch.nn.BCEWithLogitsLoss, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(1)
clf = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1), nn.ReLU())
lossf = nn.BCEWithLogitsLoss()
opt = torch.optim.SGD(clf.parameters(), lr=0.2)
data = torch.randn(50, 3)
labels = (data[:, 0] > 0).float().unsqueeze(1)
for epoch in range(5):
    opt.zero_grad()
    lossf(clf(data), labels).backward()
    opt.step()
