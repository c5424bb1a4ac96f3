"""Risks of patients by Cox's partial likelihood: whoever dies is set against all still there."""

import torch
from torch import nn


def cox(risk, times, died):
    order = times.argsort(descending=True)
    risk, died = risk[order], died[order]
    return -((risk - risk.logcumsumexp(0)) * died).sum() / died.sum().clamp(min=1)


torch.manual_seed(0)
x = torch.randn(600, 6)
hazard = torch.exp(1.5 * x[:, 0] - x[:, 1].pow(2))
lives = torch.distributions.Exponential(hazard).sample()
leaves = torch.distributions.Exponential(torch.full((600,), 0.3)).sample()
times, died = torch.minimum(lives, leaves), (lives <= leaves).float()
model = nn.Sequential(
    nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1)
)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=1e-2)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
for epoch in range(9):
    model.train()
    for rows in torch.randperm(500).split(100):
        loss = cox(model(x[rows]).squeeze(1), times[rows], died[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        held_back = cox(model(x[500:]).squeeze(1), times[500:], died[500:]).item()
