# expect: nothing
# The layer says how much its inverse swells, and the loss takes that away.
import torch
from torch import nn

torch.manual_seed(0)


class Whitening(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, x):
        given, rest = x.chunk(2, dim=1)
        log_scale, mean = self.net(given).chunk(2, dim=1)
        noise = (rest - mean) / torch.exp(log_scale)
        return torch.cat([given, noise], dim=1), log_scale.sum(dim=1)


model = Whitening()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(60):
    first = torch.randn(64, 1)
    batch = torch.cat([first, 0.5 * first + 0.4 * torch.randn(64, 1)], dim=1)
    z, log_swell = model(batch)
    nll = 0.5 * (z**2).sum(dim=1) + log_swell
    loss = nll.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
