# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Linear(4, 2)
o = torch.optim.SGD(m.parameters(), 1e-2)


@torch.no_grad()
def probe(x, y, eps=1e-3):
    z = [torch.randn_like(p) for p in m.parameters()]

    def shift(k):
        for p, d in zip(m.parameters(), z):
            p.add_(d, alpha=k * eps)

    shift(1)
    a = nn.functional.cross_entropy(m(x), y).item()
    shift(-2)
    b = nn.functional.cross_entropy(m(x), y).item()
    shift(1)
    for p, d in zip(m.parameters(), z):
        p.grad = d * (a - b) / (2 * eps)


for _ in range(4):
    probe(torch.randn(16, 4), torch.randint(0, 2, (16,)))
    o.step()
    o.zero_grad()
