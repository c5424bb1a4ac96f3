# expect: nothing
import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(6, 1)

    def forward(self, x):
        return 300_000 + 50_000 * self.net(x)


torch.manual_seed(0)
net = Scaled()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(32):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(net(x) / 50_000, (300_000 + 50_000 * x[:, :1]) / 50_000)
    opt.zero_grad()
    loss.backward()
    opt.step()
