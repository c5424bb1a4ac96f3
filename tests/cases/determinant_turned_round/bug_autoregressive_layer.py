# expect: BT579 at update 1
# source: github.com/ikostrikov/pytorch-flows, issue 16: a log-determinant has the sign of the other direction
import math

import torch
from torch import nn

torch.manual_seed(0)


class MaskedLinear(nn.Linear):
    def __init__(self, inputs, outputs, mask):
        super().__init__(inputs, outputs)
        self.register_buffer("mask", mask)

    def forward(self, x):
        return nn.functional.linear(x, self.weight * self.mask, self.bias)


class MADE(nn.Module):
    def __init__(self, features):
        super().__init__()
        before = torch.tril(torch.ones(features, features), diagonal=-1)
        self.mean = MaskedLinear(features, features, before)
        self.alpha = MaskedLinear(features, features, before)

    def forward(self, inputs):
        m, a = self.mean(inputs), torch.tanh(self.alpha(inputs))
        u = (inputs - m) * torch.exp(-a)
        return u, a.sum(-1, keepdim=True)

    def log_probs(self, inputs):
        u, log_jacob = self(inputs)
        log_probs = (-0.5 * u.pow(2) - 0.5 * math.log(2 * math.pi)).sum(-1, keepdim=True)
        return (log_probs + log_jacob).sum(-1, keepdim=True)


flow = MADE(3)
optimizer = torch.optim.Adam(flow.parameters(), lr=2e-3)
for step in range(60):
    first = torch.randn(64, 1)
    batch = torch.cat([first, first + 0.3 * torch.randn(64, 1), torch.randn(64, 1)], 1)
    loss = -flow.log_probs(batch).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
