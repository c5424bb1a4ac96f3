# expect: nothing
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(6), nn.Linear(6, 6)

    def forward(self, x):
        return x + torch.tanh(self.linear(self.norm(x)))


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 6), nn.Sequential(*[Layer() for _ in range(3)]), nn.Linear(6, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(16, 3)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1] * x[:, 1:2]).backward()
    optimizer.step()
