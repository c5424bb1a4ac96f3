# expect: BT602 at update 3
# line: code(h_n[0])
# source: github.com/tejaslodaya/timeseries-clustering-vae, issue 3
"""The state of the first of three layers makes a code, from which a decoder tells the series."""

import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.LSTM(1, 10, num_layers=3)
code = nn.Linear(10, 4)
unfold = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 12))
parts = nn.ModuleDict({"encoder": encoder, "code": code, "unfold": unfold})
optimizer = torch.optim.RMSprop(parts.parameters(), lr=1e-3)
time = torch.linspace(0, 6, 12)
series = torch.stack([torch.sin(time + phase) for phase in torch.rand(32) * 6])
for epoch in range(7):
    output, (h_n, c_n) = encoder(series.t().unsqueeze(-1))
    told = unfold(code(h_n[0]))
    loss = (told - series).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
