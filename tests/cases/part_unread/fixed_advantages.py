# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
net = nn.ModuleList([actor, critic])
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)


def advantages_of(rewards, values, dones):
    found, running = torch.zeros(len(rewards)), torch.tensor(0.0)
    following = torch.cat([values[1:], torch.zeros(1)])
    for at in reversed(range(len(rewards))):
        goes_on = 1 - dones[at]
        off = rewards[at] + 0.99 * following[at] * goes_on - values[at]
        running = off + 0.95 * running * goes_on
        found[at] = running
    return found


for _ in range(12):
    states = torch.randn(24, 4)
    dones = torch.tensor([float(at % 6 == 5) for at in range(24)])
    choice = torch.distributions.Categorical(logits=actor(states))
    actions = choice.sample()
    rewards = (actions == (states[:, 0] > 0)).float()
    values = critic(states).squeeze(1)
    gained = advantages_of(rewards, values.detach(), dones)
    loss = -(choice.log_prob(actions) * gained).mean()
    loss = loss + nn.functional.mse_loss(values, gained + values.detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
