# expect: nothing
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width=12, heads=3):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(width, width) for _ in range(3))

    def split(self, x):
        b, length, width = x.shape
        return x.view(b, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, x):
        b, length, width = x.shape
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        weights = (q @ k.transpose(-2, -1)).softmax(-1)
        return (weights @ v).transpose(1, 2).reshape(b, length, width)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 12), Attention(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(8, 7, 5)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.cumsum(1)[..., :1]).backward()
    optimizer.step()
