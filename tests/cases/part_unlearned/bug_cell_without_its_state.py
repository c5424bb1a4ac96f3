# expect: BT602 at update 3
# line: h = self.recurrent(window
# source: https://github.com/benedekrozemberczki/pytorch_geometric_temporal/issues/145
# The cell is called for each step, and what it returned is not given back to it.
import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, features=1, filters=8):
        super().__init__()
        self.recurrent = nn.GRUCell(features, filters)
        self.linear = nn.Linear(filters, 1)

    def forward(self, window):
        batch, steps = window.shape
        h = torch.zeros(batch, self.recurrent.hidden_size)
        for step in range(steps):
            h = self.recurrent(window[:, step : step + 1])
        return self.linear(torch.relu(h)).squeeze(1)


torch.manual_seed(3)
model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(12):
    start = torch.rand(16, 1) * 6
    series = torch.sin(start + 0.4 * torch.arange(9))
    loss = ((model(series[:, :8]) - series[:, 8]) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
