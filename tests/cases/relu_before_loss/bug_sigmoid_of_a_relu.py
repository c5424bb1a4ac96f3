# expect: BT410 at update 1
# line: return F.relu(self.last(
# source: discuss.pytorch.org/t/output-of-the-binary-classification-model/56327
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(3)


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(6, 16)
        self.last = nn.Linear(16, 1)

    def forward(self, x):
        return F.relu(self.last(F.relu(self.hidden(x))))


model = Scorer()
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
points = torch.randn(64, 6)
sides = (points[:, 0] > 0).float()
for start in range(0, 64, 16):
    optimizer.zero_grad()
    chance = torch.sigmoid(model(points[start : start + 16])).squeeze(1)
    loss = criterion(chance, sides[start : start + 16])
    loss.backward()
    optimizer.step()
