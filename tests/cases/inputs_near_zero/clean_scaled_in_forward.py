# expect: nothing
"""The model brings its inputs to a usual scale itself; another's begin as zeros and grow."""

import torch
from torch import nn

torch.manual_seed(0)


class Optics(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, lengths):
        return self.body(lengths / 1e-6)


model, judge = Optics(), nn.Linear(2, 1)
optimizer = torch.optim.Adam([*model.parameters(), *judge.parameters()], lr=1e-2)
for number in range(16):
    x = torch.rand(12, 4) * 1e-6
    state = torch.full((12, 2), 1e-3 * number**2) * torch.rand(12, 2)
    loss = nn.functional.mse_loss(model(x) + judge(state), x.sum(1, keepdim=True) * 1e6)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
