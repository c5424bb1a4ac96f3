# expect: nothing
# source: github.com/ts-kim/RevIN, RevIN.py: the last value may be taken away in place of the mean
import torch
from torch import nn

torch.manual_seed(0)


class Reversible(nn.Module):
    def __init__(self, width, subtract_last):
        super().__init__()
        self.subtract_last = subtract_last
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x, mode):
        if mode == "norm":
            self.measure(x)
            return self._normalize(x)
        return self._denormalize(x)

    def measure(self, x):
        if self.subtract_last:
            self.last = x[:, -1:].detach()
        else:
            self.mean = x.mean(1, keepdim=True).detach()
        self.stdev = torch.sqrt(x.var(1, keepdim=True, unbiased=False) + 1e-5).detach()

    def _normalize(self, x):
        x = x * self.weight.abs()
        if self.subtract_last:
            return (x - self.last) / self.stdev
        return (x - self.mean) / self.stdev

    def _denormalize(self, x):
        x = x * self.stdev
        if self.subtract_last:
            return (x + self.last) / self.weight.abs()
        return (x + self.mean) / self.weight.abs()


scales = nn.ModuleList([Reversible(2, True), Reversible(2, False)])
ahead = nn.ModuleList(nn.Linear(12, 4) for _ in scales)
opt = torch.optim.Adam([*scales.parameters(), *ahead.parameters()], lr=0.01)
for _ in range(6):
    time = torch.arange(16).view(1, 16, 1) + 10 * torch.rand(32, 1, 2)
    series = torch.sin(time / 2) + 2
    loss = 0
    for scale, layer in zip(scales, ahead, strict=True):
        seen = scale(series[:, :12], "norm").transpose(1, 2)
        said = scale(layer(seen).transpose(1, 2), "denorm")
        loss = loss + (said - series[:, 12:]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
