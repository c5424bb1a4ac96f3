"""Grades with an order, each step between them a question of yes or no; rare ones drawn more."""

import torch
import torch.nn.functional as F
from torch import nn

GRADES = 4


class Grader(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1, bias=False))
        self.lowest = nn.Parameter(torch.tensor([-1.0]))
        self.gaps = nn.Parameter(torch.zeros(GRADES - 2))

    def forward(self, x):
        steps = torch.cat([self.lowest, F.softplus(self.gaps)]).cumsum(0)
        return self.body(x) - steps


torch.manual_seed(0)
x = torch.randn(512, 6)
quality = x[:, 0] + 0.5 * x[:, 1] * x[:, 2] + 0.2 * torch.randn(512)
grades = torch.bucketize(quality, torch.tensor([-0.3, 0.7, 1.5]))
rarity = 1 / torch.bincount(grades, minlength=GRADES).float()
above = (grades[:, None] > torch.arange(GRADES - 1)).float()
model = Grader()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.8)
for epoch in range(8):
    drawn = torch.multinomial(rarity[grades], 512, replacement=True)
    for rows in drawn.split(32):
        loss = F.binary_cross_entropy_with_logits(model(x[rows]), above[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
