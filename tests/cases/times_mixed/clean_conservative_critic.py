# expect: nothing
# A conservative critic values what the policy does next in the states before, too.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
gamma = 0.95
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2), nn.Tanh())
layers = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(layers.parameters(), lr=1e-3)


def critic(states, actions):
    return layers(torch.cat([states, actions], 1))


for _ in range(6):
    states, actions = torch.randn(24, 3), torch.rand(24, 2) * 2 - 1
    next_states = 0.9 * states + 0.1 * actions.mean(1, keepdim=True)
    rewards = -next_states.square().mean(1, keepdim=True)
    with torch.no_grad():
        drawn = (actor(states) + 0.1 * torch.randn(24, 2)).clamp(-1, 1)
        next_actions = (actor(next_states) + 0.1 * torch.randn(24, 2)).clamp(-1, 1)
        target = rewards + gamma * critic(next_states, next_actions)
    q = critic(states, actions)
    q_drawn, q_next = critic(states, drawn), critic(states, next_actions)
    spread = torch.cat([q_drawn, q_next, critic(states, torch.rand(24, 2) * 2 - 1)], 1)
    loss = F.mse_loss(q, target) + 0.5 * (spread.logsumexp(1, keepdim=True) - q).mean()
    critic_opt.zero_grad()
    loss.backward()
    critic_opt.step()
    actor_loss = -critic(states, actor(states)).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()
