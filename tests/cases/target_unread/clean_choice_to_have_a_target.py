# expect: nothing
# Whether there is a target network is an option: without it, the trained network's own value is meant.
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
use_target = True
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
target_net = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(8):
    state, following = torch.randn(32, 4), torch.randn(32, 4)
    action, reward = torch.randint(0, 3, (32, 1)), state[:, 0]
    with torch.no_grad():
        q, q_target = net(following), target_net(following)
        value = q_target.max(1).values if use_target else q.max(1).values
    loss = F.mse_loss(net(state).gather(1, action).squeeze(1), reward + 0.98 * value)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 4 == 3:
        target_net.load_state_dict(net.state_dict())
