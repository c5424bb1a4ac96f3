# expect: nothing
# A trace of eligibility goes along from the first step on, and looks ahead for its error.
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Linear(3, 1)
optimizer = torch.optim.SGD(critic.parameters(), lr=0.01)
for _ in range(6):
    states = torch.randn(11, 3)
    rewards = states[:-1, 0].abs()
    trace = torch.zeros(1, 3)
    gamma, smoothed, level = 0.9, torch.zeros(10), 0.0
    for t in range(10):
        value, following = critic(states[t]), critic(states[t + 1]).detach()
        error = (rewards[t] + gamma * following - value).detach()
        trace = gamma * 0.8 * trace + states[t][None]
        level = 0.9 * level + 0.1 * float(error)
        smoothed[t] = error
        optimizer.zero_grad()
        (-error * (critic.weight * trace).sum()).backward()
        optimizer.step()
    print(level, smoothed.mean().item())
