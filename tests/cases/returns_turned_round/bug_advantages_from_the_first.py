# expect: BT465
# source: Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation", 2016
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-3)


def estimate(rewards, values, dones, gamma=0.99, lam=0.95):
    steps = len(rewards)
    advantages = torch.zeros(steps)
    gae = 0.0
    for t in range(steps):
        delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
        gae = delta + gamma * lam * (1 - dones[t]) * gae
        advantages[t] = gae
    return advantages, advantages + values[:-1]


for _ in range(8):
    states = torch.randn(21, 4)
    dist = Categorical(logits=actor(states[:-1]))
    actions = dist.sample()
    rewards = (actions == (states[:-1, 0] > 0).long()).float()
    dones = torch.zeros(20)
    with torch.no_grad():
        advantages, returns = estimate(rewards, critic(states).squeeze(1), dones)
    value_loss = (critic(states[:-1]).squeeze(1) - returns).pow(2).mean()
    loss = -(dist.log_prob(actions) * advantages).mean() + 0.5 * value_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
