# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Curve(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.first = nn.Linear(1, width)
        self.weight = nn.Parameter(torch.randn(width, width) / width**0.5)
        self.shift = nn.Parameter(torch.zeros(width))
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        hidden = torch.tanh(hidden @ self.weight + self.shift)
        return self.last(hidden)


torch.manual_seed(0)
x = torch.linspace(-3, 3, 120).unsqueeze(1)
y = torch.sin(2 * x)
model = Curve()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(250):
    loss = F.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
