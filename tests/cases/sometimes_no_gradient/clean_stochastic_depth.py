# expect: nothing
# Stochastic depth: blocks are left out at random while training.
import torch
from torch import nn

torch.manual_seed(2)


class Residual(nn.Module):
    def __init__(self, width, survive):
        super().__init__()
        self.inner = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.ReLU())
        self.survive = survive

    def forward(self, x):
        if self.training and torch.rand(()) > self.survive:
            return x
        return x + self.inner(x) / (self.survive if self.training else 1)


net = nn.Sequential(nn.Linear(4, 8), *[Residual(8, 0.7) for _ in range(3)], nn.Linear(8, 2))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for x in torch.randn(6, 12, 4):
    opt.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
    opt.step()
