# expect: nothing
# States, running means, a scale that falls by itself, and what is put back are meant to be carried.
import torch
from torch import nn


class Carrier(nn.Module):
    def __init__(self, width, scale, weight, temperature=2.0):
        super().__init__()
        self.layer = nn.Linear(2 * width, width)
        self.state = torch.zeros(32, width)
        self.center = torch.tensor([0.0] * width)
        self.scale = scale
        self.weight = weight
        self.temperature = temperature

    def forward(self, x, going):
        self.state = self.state * going[:, None]
        self.state = torch.tanh(self.layer(torch.cat([x, self.state], 1))).detach()
        self.center = 0.9 * self.center + 0.1 * x.mean(0)
        self.scale = self.scale * 0.99
        self.temperature = max(self.temperature * 0.95, 0.5)
        self.weight = self.weight.to(x.device)
        kept = self.weight
        self.weight = self.weight * going.mean()
        out = self.layer(torch.cat([x - self.center, self.state], 1)) * self.weight / self.scale
        self.weight = kept
        return out


torch.manual_seed(0)
carrier = Carrier(4, 2.0, torch.tensor(1.5))
optimizer = torch.optim.Adam(carrier.parameters(), lr=1e-2)
for step in range(20):
    x = torch.randn(32, 4)
    out = carrier(x, (torch.rand(32) > 0.1).float())
    optimizer.zero_grad()
    nn.functional.mse_loss(out, x).backward()
    optimizer.step()
