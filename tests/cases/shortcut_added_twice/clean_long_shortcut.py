# expect: nothing
# A long shortcut goes round blocks that have short ones of their own.
import torch
from torch import nn

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x):
        return x + 0.5 * self.body(x)


class Denoiser(nn.Module):
    def __init__(self, channels=12):
        super().__init__()
        self.head = nn.Conv2d(1, channels, 3, padding=1)
        self.blocks = nn.Sequential(Block(channels), Block(channels))
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.tail = nn.Conv2d(channels, 1, 3, padding=1)

    def forward(self, x):
        h = self.head(x)
        deep = self.blocks(h) + h
        deep = self.first(deep) + deep
        deep = self.second(deep) + deep
        return self.tail(deep + h)


model = Denoiser()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(25):
    clean = torch.rand(16, 1, 1, 1).expand(16, 1, 8, 8)
    loss = nn.functional.l1_loss(model(clean + 0.2 * torch.randn(16, 1, 8, 8)), clean)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
