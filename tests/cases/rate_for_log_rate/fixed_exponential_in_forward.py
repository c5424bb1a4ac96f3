# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Visits(nn.Module):
    """How many visits a day has, from what is known of it."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, x):
        return self.body(x)


torch.manual_seed(1)
net = Visits()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9)
for epoch in range(3):
    for _ in range(3):
        x = torch.randn(32, 6)
        visits = torch.poisson(torch.exp(0.3 + 0.4 * x[:, 1]))
        optimizer.zero_grad()
        F.poisson_nll_loss(net(x).flatten(), visits, full=True).backward()
        optimizer.step()
