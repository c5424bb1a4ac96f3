# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(0)
GAMMA = 0.95
observations, following = torch.rand(400, 3), torch.rand(400, 3)
chosen = torch.randint(0, 2, (400, 1))
reward = (observations[:, :1] > 0.5).float() * chosen
done = (torch.rand(400, 1) < 0.1).float()
q_net = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 2))
target_net = copy.deepcopy(q_net)
optimizer = torch.optim.Adam(q_net.parameters(), lr=2e-3)
for step in range(90):
    i = torch.randint(0, 400, (32,))
    with torch.no_grad():
        q_next = target_net(following[i]).max(1, keepdim=True)[0]
    entropy_bonus = 0.01 * torch.rand(32, 1)
    target = reward[i] + GAMMA * (1 - done[i]) * (q_next + entropy_bonus)
    loss = nn.functional.smooth_l1_loss(q_net(observations[i]).gather(1, chosen[i]), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 9:
        target_net.load_state_dict(q_net.state_dict())
