# expect: nothing
# Values of one episode, step by step, and one more for the state after it.
import torch
from torch import nn

torch.manual_seed(3)
critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(6):
    state, values, rewards = torch.randn(1, 4), [], []
    for _ in range(12):
        values.append(critic(state))
        state = 0.9 * state + 0.2 * torch.randn(1, 4)
        rewards.append(state[:, 0].tanh())
    values.append(critic(state))
    values, rewards = torch.cat(values).squeeze(1), torch.cat(rewards)
    following = values[1:].detach()
    loss = nn.functional.smooth_l1_loss(values[:-1], rewards + 0.98 * following)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
