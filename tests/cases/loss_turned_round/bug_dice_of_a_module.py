# expect: BT461
# source: github.com/sraashis/easytorch, pull request 38
# A module called a loss returns the overlap itself, through two names.
import torch
from torch import nn


class SoftDiceLoss(nn.Module):
    def forward(self, chances, y):
        intersection = torch.sum(chances * y, dim=(1, 2))
        total = torch.sum(chances + y, dim=(1, 2))
        dice = (2.0 * intersection + 1) / (total + 1)
        return torch.mean(dice)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 6), nn.Sigmoid())
criterion = SoftDiceLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(16, 4, 6)
    loss = criterion(model(x), (x > 0.3).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
