# expect: nothing
# Gradient noise and a hand-written clip: edits, and meant.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step, x in enumerate(torch.randn(4, 14, 6), start=1):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > x[:, 1]).long()).backward()
    with torch.no_grad():
        for p in model.parameters():
            p.grad.clamp_(-0.05, 0.05)
            p.grad.add_(torch.randn_like(p) * 0.01 / step**0.55)
    optimizer.step()
