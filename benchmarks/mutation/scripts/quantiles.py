"""Three quantiles of what is to come, each with a loss that leans to its side."""

import torch
from torch import nn

LEVELS = (0.1, 0.5, 0.9)


def pinball(predicted, wanted, level):
    error = wanted - predicted
    return torch.maximum(level * error, (level - 1) * error).mean()


torch.manual_seed(0)
x = 2 * torch.rand(512, 1) - 1
y = torch.sin(3 * x[:, 0]) + (0.2 + 0.3 * x[:, 0].abs()) * torch.randn(512)
model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, len(LEVELS)))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(12):
    for rows in torch.randperm(512).split(64):
        predicted = model(x[rows])
        loss = torch.zeros(())
        for number, level in enumerate(LEVELS):
            loss = loss + pinball(predicted[:, number], y[rows], level)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
