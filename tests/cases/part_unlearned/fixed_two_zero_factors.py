# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(4, 3).requires_grad_(False)
        self.down, self.up = nn.Parameter(torch.randn(2, 4)), nn.Parameter(torch.zeros(3, 2))
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, x):
        return self.base(x) + x @ self.down.T @ self.up.T + self.bias


model = nn.Sequential(Adapted(), nn.Tanh(), nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.05)
for _ in range(6):
    x = torch.randn(16, 4)
    loss = (model(x) - x[:, :1]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
