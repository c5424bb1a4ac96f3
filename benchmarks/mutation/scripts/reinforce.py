"""REINFORCE along a corridor: discounted returns of whole episodes, less a learned baseline."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

LENGTH, GAMMA = 5, 0.95


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(LENGTH, 32), nn.Tanh(), nn.Linear(32, 2))
        self.baseline = nn.Sequential(nn.Linear(LENGTH, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, states):
        return Categorical(logits=self.policy(states)), self.baseline(states).squeeze(-1)


torch.manual_seed(0)
places = torch.eye(LENGTH)
agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=1e-2)
for update in range(40):
    seen, taken, returns = [], [], []
    for episode in range(4):
        place, rewards = 0, []
        while place < LENGTH - 1 and len(rewards) < 20:
            with torch.no_grad():
                policy, _ = agent(places[place])
            action = policy.sample()
            seen.append(place)
            taken.append(action)
            place = max(0, place + (1 if action == 1 else -1))
            rewards.append(1.0 if place == LENGTH - 1 else -0.1)
        total, backwards = 0.0, []
        for reward in reversed(rewards):
            total = reward + GAMMA * total
            backwards.append(total)
        returns.extend(backwards[::-1])
    gained = torch.tensor(returns)
    policy, expected = agent(places[seen])
    surprise = (gained - expected).detach()
    policy_loss = -(policy.log_prob(torch.stack(taken)) * surprise).mean()
    loss = policy_loss + 0.5 * F.mse_loss(expected, gained)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
