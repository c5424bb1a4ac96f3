# expect: BT577 at update 1
# source: github.com/nocotan/pytorch-lightning-gans, issue 7: the generator is trained with each batch
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 2) @ torch.tensor([[1.0, 0.4], [0.0, 0.5]])
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
generator_optimizer = torch.optim.RMSprop(generator.parameters(), lr=1e-3)
critic_optimizer = torch.optim.RMSprop(critic.parameters(), lr=2e-3)
n_critic = 5


def train(real):
    for i, optimizer in enumerate((generator_optimizer, critic_optimizer)):
        if i % n_critic == 0:
            generator_loss = -critic(generator(torch.randn(len(real), 4))).mean()
            optimizer.zero_grad()
            generator_loss.backward()
            optimizer.step()
        elif i == 1:
            fake = generator(torch.randn(len(real), 4)).detach()
            critic_loss = critic(fake).mean() - critic(real).mean()
            optimizer.zero_grad()
            critic_loss.backward()
            optimizer.step()
            for weight in critic.parameters():
                weight.data.clamp_(-0.1, 0.1)


for rows in torch.randperm(256).split(32):
    train(x[rows])
