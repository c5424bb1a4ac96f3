# expect: nothing
# The sign is a function of autograd's.
import torch
from torch import nn

torch.manual_seed(4)


class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.sign(x) + 0.1 * x

    @staticmethod
    def backward(ctx, gradient):
        return gradient.clamp(-1, 1)


class Sign(nn.Module):
    def forward(self, x):
        return StraightThrough.apply(x)


sign, body, top = Sign(), nn.Linear(6, 24), nn.Linear(24, 2)
optimizer = torch.optim.SGD([*body.parameters(), *top.parameters()], lr=0.05)
for _ in range(6):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(top(sign(body(x))), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
