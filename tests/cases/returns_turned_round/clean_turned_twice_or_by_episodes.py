# expect: nothing
# Each return is put in front by two turns of the list; and each episode's own list is turned once.
import torch
from torch import nn
from torch.distributions import Categorical


def put_in_front(rewards):
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.reverse()
        returns.append(total)
        returns.reverse()
    return returns


def of_all_episodes(episodes):
    found, total = [], 0.0
    for rewards in reversed(episodes):
        returns = []
        for reward in reversed(rewards):
            total = reward + 0.9 * total
            returns.append(total)
        returns.reverse()
        found = returns + found
        total = 0.0 * total
    return found


torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for update in range(6):
    states = torch.randn(8, 4)
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    rewards = (actions.float() * states[:, 0]).tolist()
    episodes = [rewards[:4], rewards[4:]]
    returns = put_in_front(rewards) if update % 2 else of_all_episodes(episodes)
    loss = -(dist.log_prob(actions) * torch.tensor(returns)).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
