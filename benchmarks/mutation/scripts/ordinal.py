"""Grades in order: a shared score against ascending thresholds, one logit a threshold."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

GRADES = 5


class Grader(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(8, 32)
        self.norm = nn.BatchNorm1d(32)
        self.dropout = nn.Dropout(0.1)
        self.score = nn.Linear(32, 1, bias=False)
        self.first = nn.Parameter(torch.tensor(-1.5))
        self.gaps = nn.Parameter(torch.zeros(GRADES - 2))

    def forward(self, x):
        x = self.dropout(torch.relu(self.norm(self.hidden(x))))
        rises = torch.cat([self.first[None], F.softplus(self.gaps)])
        return self.score(x) - rises.cumsum(0)


torch.manual_seed(0)
x = torch.randn(480, 8)
quality = x[:, 0] + x[:, 1] * x[:, 2] + 0.2 * torch.randn(480)
grades = torch.bucketize(quality, torch.tensor([-1.5, -0.5, 0.5, 1.5]))
passed = (grades[:, None] > torch.arange(GRADES - 1)).float()
loader = DataLoader(TensorDataset(x[:400], passed[:400]), batch_size=40, shuffle=True)
model = Grader()
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.8)
for epoch in range(8):
    model.train()
    for inputs, steps in loader:
        loss = F.binary_cross_entropy_with_logits(model(inputs), steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        guessed = (model(x[400:]) > 0).sum(1)
        error = (guessed - grades[400:]).abs().float().mean().item()
