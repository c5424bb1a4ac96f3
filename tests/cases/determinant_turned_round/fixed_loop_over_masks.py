# expect: nothing
# source: github.com/VincentStimper/normalizing-flows, pull request 28: the sign of a flow's log-determinant
import torch
from torch import nn

torch.manual_seed(0)


class RealNVP(nn.Module):
    def __init__(self, masks):
        super().__init__()
        self.register_buffer("masks", masks)
        self.register_buffer("zero", torch.zeros(2))
        self.scales = nn.ModuleList(self.net(nn.Tanh()) for _ in masks)
        self.shifts = nn.ModuleList(self.net(nn.Identity()) for _ in masks)

    def net(self, end):
        return nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(), nn.Linear(24, 2), end)

    def encode(self, x):
        log_det = x.new_zeros(len(x))
        z = x
        for mask, scale, shift in zip(self.masks, self.scales, self.shifts):
            kept = mask * z
            s = scale(kept) * (1 - mask)
            t = shift(kept) * (1 - mask)
            z = kept + (1 - mask) * (z - t) * torch.exp(-s)
            log_det -= s.sum(dim=1)
        return z, log_det

    def log_prob(self, x):
        z, log_det = self.encode(x)
        prior = torch.distributions.MultivariateNormal(self.zero, torch.eye(2))
        return prior.log_prob(z) + log_det


flow = RealNVP(torch.tensor([[0.0, 1.0], [1.0, 0.0]] * 2))
optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3)
for step in range(60):
    batch = torch.randn(64, 2) * torch.tensor([1.5, 0.5]) + 1
    loss = -flow.log_prob(batch).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
