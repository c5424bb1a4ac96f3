# expect: nothing
# Double Q-learning: the trained network chooses, its target says what that is worth.
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
gamma, double = 0.98, True
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
target_net = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
gap = 0.0
for step in range(8):
    state, following = torch.randn(32, 4), torch.randn(32, 4)
    action, reward = torch.randint(0, 3, (32, 1)), state[:, 0]
    with torch.no_grad():
        q, q_target = net(following), target_net(following)
        if double:
            value = q_target.gather(1, q.argmax(1, keepdim=True)).squeeze(1)
        else:
            value = q_target.max(1).values
        gap = (q.max(1).values - value).mean().item()
    loss = F.mse_loss(net(state).gather(1, action).squeeze(1), reward + gamma * value)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 4 == 3:
        target_net.load_state_dict(net.state_dict())
