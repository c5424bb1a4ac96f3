# expect: nothing
# A policy with dropout acts before it is trained, at each step.
import torch
from torch import nn

torch.manual_seed(3)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for _ in range(8):
    state = torch.randn(32, 4)
    with torch.no_grad():
        action = policy(state).argmax(1)
    wanted = torch.where(state[:, 0] > 0, action, 1 - action)
    loss = nn.functional.cross_entropy(policy(state), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
