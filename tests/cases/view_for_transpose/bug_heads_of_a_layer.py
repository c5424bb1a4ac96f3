# expect: BT416 at update 1
# source: github.com/zhouhaoyi/Informer2020, issue 59
import torch
from torch import nn


class Inner(nn.Module):
    def forward(self, q, k, v):
        batch, length, heads, width = q.shape
        q, k, v = (each.reshape(batch, heads, length, width) for each in (q, k, v))
        weights = (q @ k.transpose(-2, -1) * width**-0.5).softmax(-1)
        return (weights @ v).reshape(batch, length, heads, width)


class Attention(nn.Module):
    def __init__(self, width=16, heads=2):
        super().__init__()
        self.heads = heads
        self.inner = Inner()
        self.project, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.project(x).unflatten(-1, (3, self.heads, -1)).unbind(2)
        return x + self.out(self.inner(q, k, v).flatten(2))


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 16), Attention(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(8, 10, 3)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[..., :1].flip(1)).backward()
    optimizer.step()
