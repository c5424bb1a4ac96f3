# expect: BT579 at update 1
# source: github.com/VincentStimper/normalizing-flows, issue 27: a chain takes away what its layers return
import torch
from torch import nn

torch.manual_seed(1)


class AffineCoupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 2))

    def forward(self, x):
        kept, moved = x.flip(1).chunk(2, dim=1) if self.flip else x.chunk(2, dim=1)
        log_scale, shift = self.net(kept).tanh().chunk(2, dim=1)
        moved = moved * torch.exp(log_scale) + shift
        return torch.cat([moved, kept], dim=1), log_scale.sum(dim=1)


class Chain(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        log_det = torch.zeros(len(x))
        for layer in self.layers:
            x, part = layer(x)
            log_det = log_det - part
        return x, log_det


prior = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
flow = Chain([AffineCoupling(i % 2 == 0) for i in range(4)])
optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3)
for step in range(60):
    x = torch.randn(64, 2) * torch.tensor([1.5, 0.5]) + 0.5
    z, log_det = flow(x)
    loss = -(prior.log_prob(z) + log_det).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
