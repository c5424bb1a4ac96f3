# expect: BT465 at update 1
# source: https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/27
import torch
from torch import nn
from torch.distributions import Categorical


def estimate(rewards, values, gamma=0.99, decay=0.95):
    advantages, running = [], 0.0
    values = [*values, 0.0]
    t = len(rewards) - 1
    while t >= 0:
        running *= gamma * decay
        running += rewards[t] + gamma * values[t + 1] - values[t]
        advantages.append(running)
        advantages = advantages[::-1]
        t -= 1
    return torch.tensor(advantages)


torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.01)
for _ in range(6):
    states = torch.randn(10, 4)
    dist = Categorical(logits=actor(states))
    actions = dist.sample()
    rewards = (actions.float() * states[:, 0]).tolist()
    values = critic(states).squeeze(1)
    advantages = estimate(rewards, values.tolist())
    returns = advantages + values.detach()
    policy_loss = -(dist.log_prob(actions) * advantages).mean()
    loss = policy_loss + 0.5 * (returns - values).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
