# expect: nothing
# source: https://github.com/AgileRL/AgileRL/pull/464
import copy

import torch
from torch import nn

torch.manual_seed(0)


def to_buffers(module):
    for child in module.children():
        to_buffers(child)
    for name, parameter in list(module.named_parameters(recurse=False)):
        delattr(module, name)
        module.register_buffer(name, parameter.detach().clone())


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(4, 16), nn.Linear(16, 2)

    def forward(self, state):
        return self.head(self.body(state).relu())


class Agent:
    def __init__(self):
        self.critic = Critic()
        self.critic_target = copy.deepcopy(self.critic)
        to_buffers(self.critic_target)
        self.optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def learn(self, state, action, reward, following):
        with torch.no_grad():
            value = self.critic_target(following).max(1).values
        taken = self.critic(state).gather(1, action).squeeze(1)
        loss = nn.functional.smooth_l1_loss(taken, reward + 0.9 * value)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.follow(0.01)

    def follow(self, tau):
        for now, kept in zip(self.critic.parameters(), self.critic_target.buffers()):
            kept.data.mul_(1 - tau).add_(now.data, alpha=tau)


agent = Agent()
for step in range(40):
    agent.learn(torch.randn(16, 4), torch.randint(2, (16, 1)), torch.randn(16), torch.randn(16, 4))
