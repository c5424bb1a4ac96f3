# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class Gan:
    def __init__(self):
        self.generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
        self.of_generator = torch.optim.Adam(self.generator.parameters(), 1e-3)
        self.of_critic = torch.optim.Adam(self.critic.parameters(), 1e-3)

    def learn(self, real):
        valid = torch.ones(len(real))
        drawn = torch.zeros(len(real))
        fake = self.generator(torch.randn(len(real), 4))
        said = self.critic(fake.detach()).view(-1)
        loss = F.mse_loss(self.critic(real).squeeze(1), valid) + F.mse_loss(said, drawn)
        self.of_critic.zero_grad()
        loss.backward()
        self.of_critic.step()
        opinion = self.critic(fake).view(-1)
        self.of_generator.zero_grad()
        F.mse_loss(opinion, valid).backward()
        self.of_generator.step()


torch.manual_seed(0)
gan = Gan()
for _ in range(30):
    gan.learn(torch.randn(32, 2) + 2)
