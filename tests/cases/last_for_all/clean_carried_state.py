# expect: nothing
"""A recurrent cell's outputs are stacked beside its last state; a list of states is left over."""

import torch
from torch import nn


class Unrolled(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([nn.GRUCell(4, 6), nn.GRUCell(6, 6)])
        self.head = nn.Linear(6, 1)

    def forward(self, series, hidden):
        outputs, trail = [], []
        for x in series.unbind(1):
            first = self.cells[0](x, hidden[0])
            hidden = (first, self.cells[1](first, hidden[1]))
            outputs.append(hidden[1])
            trail.append(hidden)
        return self.head(torch.stack(outputs, 1)), torch.stack(hidden)


torch.manual_seed(0)
net = Unrolled()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    series = torch.randn(8, 5, 4)
    out, last = net(series, (torch.zeros(8, 6), torch.zeros(8, 6)))
    loss = (out.squeeze(2) - series.sum(2)).square().mean() + 1e-3 * last.square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
