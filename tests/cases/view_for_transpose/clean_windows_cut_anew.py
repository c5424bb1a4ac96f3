# expect: nothing
"""Windows of a sequence, of which the next layer makes others: both are as many, changed round."""

import torch
from torch import nn


class Windows(nn.Module):
    def __init__(self, count, width=16):
        super().__init__()
        self.count = count
        self.project, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width)

    def forward(self, x):
        x = x.view(len(x), self.count, -1, x.shape[-1])
        q, k, v = self.project(x).chunk(3, -1)
        mixed = (q @ k.transpose(-2, -1) / 4).softmax(-1) @ v
        return x + self.out(mixed)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 16, bias=False), Windows(8), Windows(4), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(8, 32, 3)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x).flatten(1), x[..., 0].flip(1)).backward()
    optimizer.step()
