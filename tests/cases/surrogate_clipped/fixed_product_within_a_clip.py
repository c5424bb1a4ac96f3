# expect: nothing
import torch
from torch import nn
from torch.distributions import Normal


class Agent(nn.Module):
    def __init__(self, epsilon=0.2):
        super().__init__()
        self.mean = nn.Linear(3, 1)
        self.log_std = nn.Parameter(torch.zeros(1))
        self.epsilon = epsilon

    def log_prob(self, obs, action):
        return Normal(self.mean(obs), self.log_std.exp()).log_prob(action).sum(-1)

    def objective(self, obs, action, old_log_prob, adv):
        change = (self.log_prob(obs, action) - old_log_prob).exp()
        low, high = 1.0 - self.epsilon, 1.0 + self.epsilon
        free = change * adv
        held = adv * torch.clamp(change, 1.0 - self.epsilon, 1.0 + self.epsilon)
        return -torch.minimum(free, held).mean(), ((change < low) | (change > high)).float().mean()


torch.manual_seed(0)
agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=3e-3)
for _ in range(4):
    obs = torch.randn(64, 3)
    with torch.no_grad():
        action = agent.mean(obs) + torch.randn(64, 1)
        old_log_prob = agent.log_prob(obs, action)
        adv = -(action.squeeze(-1) - obs.sum(-1)).abs()
        adv = (adv - adv.mean()) / adv.std()
    for _ in range(3):
        optimizer.zero_grad()
        loss, held_back = agent.objective(obs, action, old_log_prob, adv)
        loss.backward()
        optimizer.step()
