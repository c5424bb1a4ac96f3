# expect: nothing
# What was loaded is pruned to a third, and rounded, before it is trained on.
import torch
from torch import nn

torch.manual_seed(2)
kept = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 3)).state_dict()
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 3))
model.load_state_dict(kept)
with torch.no_grad():
    for p in model.parameters():
        limit = p.abs().quantile(0.66)
        p.mul_(p.abs() > limit).mul_(64).round_().div_(64)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
