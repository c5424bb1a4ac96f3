"""Q-learning with a target network that follows every eighth step."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
online = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=1e-3)
for step in range(32):
    state, following = torch.randn(32, 4), torch.randn(32, 4)
    action = torch.randint(0, 3, (32, 1))
    reward = state[:, 0]
    with torch.no_grad():
        goal = reward + 0.9 * target(following).max(1).values
    chosen = online(state).gather(1, action).squeeze(1)
    loss = F.smooth_l1_loss(chosen, goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 8 == 7:
        target.load_state_dict(online.state_dict())
