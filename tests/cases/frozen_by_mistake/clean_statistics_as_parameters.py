# expect: nothing
"""Running statistics kept as parameters without gradients: the forward itself moves them."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Learner(nn.Module):
    """All that is trained in one list, and in another, after it, what batch norm counts."""

    def __init__(self):
        super().__init__()
        self.vars = nn.ParameterList([nn.Parameter(torch.randn(12, 6) * 0.4)])
        self.vars.extend([nn.Parameter(torch.ones(12)), nn.Parameter(torch.zeros(12))])
        self.vars.extend([nn.Parameter(torch.randn(3, 12) * 0.3), nn.Parameter(torch.zeros(3))])
        self.running = nn.ParameterList(
            [
                nn.Parameter(start, requires_grad=False)
                for start in (torch.zeros(12), torch.ones(12))
            ]
        )

    def forward(self, x, weights=None):
        first, scale, shift, last, bias = self.vars if weights is None else weights
        x = F.batch_norm(F.linear(x, first), *self.running, scale, shift, training=True)
        return F.linear(torch.relu(x), last, bias)


class Meta(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Learner()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def forward(self, x, y, query, wanted):
        gradients = torch.autograd.grad(F.cross_entropy(self.net(x), y), list(self.net.vars))
        fast = [value - 0.1 * grad for value, grad in zip(self.net.vars, gradients, strict=True)]
        loss = F.cross_entropy(self.net(query, fast), wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


meta = Meta()
for _ in range(4):
    x, y = torch.randn(15, 6), torch.randint(3, (15,))
    meta(x, y, torch.randn(15, 6), torch.randint(3, (15,)))
