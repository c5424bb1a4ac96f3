# expect: nothing
# Each optimizer clears right after its own step, which is too early for the discriminator.
import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.z = z
        self.main = nn.Sequential(nn.Linear(z, 20), nn.ReLU(), nn.Linear(20, 3))

    def forward(self, n):
        return self.main(torch.randn(n, self.z))


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(3, 20), nn.LeakyReLU(0.2), nn.Linear(20, 1))

    def forward(self, x):
        return self.main(x)


torch.manual_seed(1)
gen, critic = Generator(5), Critic()
optG = torch.optim.RMSprop(gen.parameters(), lr=1e-3)
optD = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
data = torch.randn(5, 16, 3) + 1.5

for real in data:
    lossD = torch.relu(1 - critic(real)).mean() + torch.relu(1 + critic(gen(16).detach())).mean()
    optD.zero_grad()
    lossD.backward()
    optD.step()

    lossG = -critic(gen(16)).mean()
    lossG.backward()
    optG.step()
    optG.zero_grad()
