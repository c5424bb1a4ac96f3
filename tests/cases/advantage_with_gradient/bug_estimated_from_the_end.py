# expect: BT115 at update 1
# source: github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail, "advantages.detach()"
import torch
from torch import nn

torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=5e-3)


def estimate(rewards, values):
    found, running = torch.zeros(len(rewards)), 0.0
    following = torch.cat([values[1:].detach(), torch.zeros(1)])
    for at in reversed(range(len(rewards))):
        off = rewards[at] + 0.99 * following[at] - values[at]
        running = off + 0.95 * running
        found[at] = running
    return found


for _ in range(6):
    states = torch.randn(24, 4)
    choice = torch.distributions.Categorical(logits=actor(states))
    actions = choice.sample()
    rewards = (actions == (states[:, 0] > 0)).float()
    values = critic(states).squeeze(1)
    advantages = estimate(rewards, values)
    loss = -(choice.log_prob(actions) * advantages).mean() + advantages.square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
