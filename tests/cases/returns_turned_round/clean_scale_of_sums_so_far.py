# expect: nothing
# Sums from the first reward on are for their deviation, by which rewards are scaled; and a policy
# with one step an episode has the reward for its return, which a critic learns.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy, critic = nn.Linear(4, 2), nn.Linear(4, 1)
optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=3e-3)


def scale_of(rewards, gamma=0.99):
    so_far, running = [], 0.0
    for reward in rewards:
        running = reward + gamma * running
        so_far.append(running)
    return torch.tensor(so_far).std()


for _ in range(12):
    states = torch.randn(32, 4)
    choice = Categorical(logits=policy(states))
    actions = choice.sample()
    rewards = (actions == (states[:, 0] > 0)).float() - 0.5
    returns = rewards / scale_of(rewards.tolist())
    loss = -(choice.log_prob(actions) * rewards).mean()
    loss = loss + nn.functional.mse_loss(critic(states).squeeze(1), returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
