# expect: BT462 at update 1
# source: https://github.com/ageron/handson-ml2/issues/89
# The soft update builds a state of the target's own, and loads it.
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def soft_update():
    weights = target.state_dict()
    weights = {key: 0.95 * weights[key] + 0.05 * weights[key] for key in target.state_dict()}
    target.load_state_dict(weights)


for _ in range(12):
    states, actions = torch.randn(16, 4), torch.randint(2, (16, 1))
    with torch.no_grad():
        goal = states[:, 0] + 0.9 * target(torch.randn(16, 4)).max(1).values
    loss = nn.functional.mse_loss(net(states).gather(1, actions)[:, 0], goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    soft_update()
