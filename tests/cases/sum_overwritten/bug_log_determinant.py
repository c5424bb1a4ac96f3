# expect: BT539 at update 1
# source: github.com/tensorflow/models, issue 7465
import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 4))

    def forward(self, x):
        a, b = x.chunk(2, dim=1)
        s, t = self.net(a).chunk(2, dim=1)
        s = torch.tanh(s)
        return torch.cat([b * s.exp() + t, a], dim=1), s.sum(1)


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(Coupling() for _ in range(4))

    def log_prob(self, x):
        log_det = torch.zeros(len(x))
        for layer in self.layers:
            x, log_det = layer(x)
        return -0.5 * x.pow(2).sum(1) + log_det


torch.manual_seed(0)
flow = Flow()
optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3)
for _ in range(8):
    loss = -flow.log_prob(torch.randn(32, 4) * 2 + 1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
