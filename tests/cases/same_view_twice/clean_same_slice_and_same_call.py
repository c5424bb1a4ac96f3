# expect: nothing
# One slice that is an input and its target, and one call whose results have a loss each.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 12))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(20):
    rows = torch.randn(32, 13)
    part1 = rows[:, :-1]
    part2 = rows[:, :-1]
    out1 = model(part1)
    out2 = model(part1)
    loss = F.mse_loss(out1, part2) + F.l1_loss(out2, part1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
