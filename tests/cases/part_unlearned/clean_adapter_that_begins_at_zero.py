# expect: nothing
import torch
from torch import nn


class Adapted(nn.Module):
    """A low-rank adapter: the gradient of `down` is zero as long as `up` is."""

    def __init__(self):
        super().__init__()
        self.base = nn.Linear(8, 8).requires_grad_(False)
        self.down = nn.Parameter(torch.randn(2, 8))
        self.up = nn.Parameter(torch.zeros(8, 2))

    def forward(self, x):
        return self.base(x) + x @ self.down.T @ self.up.T


torch.manual_seed(0)
model = Adapted()
optimizer = torch.optim.SGD([model.down, model.up], lr=0.1)
for _ in range(5):
    x = torch.randn(16, 8)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.flip(1)).backward()
    optimizer.step()
