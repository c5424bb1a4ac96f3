# expect: BT407 at update 2, BT204
# source: github.com/kengz/SLM-Lab, pull request 133: torch.tensor of a list of log-probabilities
"""A policy's log-probabilities are put into a new tensor, and only the value's loss trains."""

import torch
from torch import nn
from torch.distributions import Categorical


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.Tanh())
        self.actor = nn.Linear(16, 2)
        self.critic = nn.Linear(16, 1)

    def forward(self, state):
        features = self.body(state)
        return Categorical(logits=self.actor(features)), self.critic(features).squeeze(-1)


def policy_loss(log_probs, advantages):
    chosen = torch.tensor(log_probs)
    return -(chosen * advantages).mean()


torch.manual_seed(0)
agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=1e-2)
for _ in range(8):
    log_probs, values, rewards = [], [], []
    for state in torch.randn(20, 4):
        policy, value = agent(state)
        action = policy.sample()
        log_probs.append(policy.log_prob(action))
        values.append(value)
        rewards.append(float(action.item() == int(state[0] > 0)))
    values, rewards = torch.stack(values), torch.tensor(rewards)
    loss = policy_loss(log_probs, rewards - values.detach())
    loss = loss + 0.5 * nn.functional.mse_loss(values, rewards)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
