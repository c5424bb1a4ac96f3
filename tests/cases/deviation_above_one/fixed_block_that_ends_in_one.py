# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 24), nn.Tanh())
        self.mean = nn.Linear(24, 1)
        self.spread = nn.Sequential(nn.Linear(24, 1))

    def forward(self, x):
        x = self.body(x)
        std = torch.exp(self.spread(x))
        return torch.distributions.Normal(self.mean(x), std)


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)
for _ in range(25):
    observations = torch.randn(64, 4)
    choice = policy(observations)
    actions = choice.sample()
    rewards = -(actions - observations[:, :1]).pow(2)
    advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
    loss = -(choice.log_prob(actions) * advantages).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
