"""A net with one mistake per parameter: none but `fc` learns, each for a reason of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Net(nn.Module):
    """Four numbers to two, with whatever can go wrong on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 2)  # this one is as it should be
        self.frozen = nn.Parameter(torch.ones(4), requires_grad=False)
        self.unused = nn.Linear(4, 2)
        self.forgotten = nn.Parameter(torch.ones(4))
        self.detached = nn.Parameter(torch.ones(4))
        self.through_data = nn.Parameter(torch.ones(4))
        self.without_grad = nn.Linear(4, 4)
        self.as_number = nn.Parameter(torch.ones(()))
        self.rounded = nn.Parameter(torch.ones(4))
        self.in_list = [nn.Linear(2, 2)]  # nn.ModuleList would have registered it

    def forward(self, x: Tensor) -> Tensor:
        """Return two numbers per row of four."""
        x = x * self.frozen
        x.mul(self.forgotten)  # the result is thrown away
        x = x * self.detached.detach()
        x = x * self.through_data.data
        with torch.no_grad():
            x = x + self.without_grad(x)
        x = x * self.as_number.item()
        x = x + (self.rounded > 0.5)
        x = self.fc(x)
        return x + self.in_list[0](x)
