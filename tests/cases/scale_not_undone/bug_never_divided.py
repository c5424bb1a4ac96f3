# expect: BT560 at update 1
# source: https://github.com/WenjieDu/PyPOTS/issues/453
import torch
from torch import nn

torch.manual_seed(0)


class Reversible(nn.Module):
    """Gives each series a mean of zero and a deviation of one, and forecasts their own back."""

    def __init__(self, width):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def normalize(self, x, observed=None):
        if observed is None:
            self.mean = x.mean(1, keepdim=True).detach()
            self.std = (x.var(1, keepdim=True) + 1e-6).sqrt().detach()
            x = (x - self.mean) / self.std
        else:
            count = observed.sum(1, keepdim=True).clamp(min=1)
            self.mean = ((x * observed).sum(1, keepdim=True) / count).detach()
            x = (x - self.mean) * observed
            self.std = ((x**2).sum(1, keepdim=True) / count + 1e-6).sqrt().detach()
        return x * self.weight + self.bias

    def denormalize(self, x):
        x = (x - self.bias) / self.weight
        return x * self.std + self.mean


class Forecaster(nn.Module):
    def __init__(self, width=2, length=12):
        super().__init__()
        self.scale = Reversible(width)
        self.ahead = nn.Linear(length, 4)

    def forward(self, x, observed):
        x = self.scale.normalize(x, observed)
        return self.scale.denormalize(self.ahead(x.transpose(1, 2)).transpose(1, 2))


net = Forecaster()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    size = 10 ** (torch.rand(32, 1, 2) * 2 - 1)
    time = torch.arange(16).view(1, 16, 1) + 10 * torch.rand(32, 1, 2)
    series = (torch.sin(time / 2) + 2) * size
    observed = (torch.rand(32, 12, 2) > 0.2).float()
    loss = ((net(series[:, :12] * observed, observed) - series[:, 12:]) / size).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
