# expect: nothing
# TD3's order: the critic every time, the actor every second time; its loss fills the critic too.
import copy

import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
actor_target, critic_target = copy.deepcopy(actor), copy.deepcopy(critic)
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-4)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=3e-4)

for it in range(6):
    state, next_state = torch.randn(20, 3), torch.randn(20, 3)
    action, reward = torch.rand(20, 1) * 2 - 1, torch.randn(20, 1)
    with torch.no_grad():
        target = critic_target(torch.cat([next_state, actor_target(next_state)], 1))
        target = reward + 0.99 * target
    critic_loss = nn.functional.mse_loss(critic(torch.cat([state, action], 1)), target)
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()

    if it % 2 == 0:
        actor_loss = -critic(torch.cat([state, actor(state)], 1)).mean()
        actor_optimizer.zero_grad()
        actor_loss.backward()
        actor_optimizer.step()
        for net, slow in ((actor, actor_target), (critic, critic_target)):
            for p, q in zip(net.parameters(), slow.parameters()):
                q.data.mul_(0.995).add_(0.005 * p.data)
