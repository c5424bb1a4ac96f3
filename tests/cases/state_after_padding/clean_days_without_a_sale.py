# expect: nothing
# Sales of a day, of which many are 0, at the end of a row as well as within it.
import torch
from torch import nn

torch.manual_seed(6)
gru, head = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)
optimizer = torch.optim.Adam([*gru.parameters(), *head.parameters()], lr=2e-3)
for _ in range(6):
    rate = torch.rand(32, 1) * 0.8
    sales = torch.poisson(rate.expand(32, 21))
    outputs, _ = gru(sales[:, :20].unsqueeze(2))
    loss = nn.functional.mse_loss(head(outputs[:, -1])[:, 0], sales[:, 20])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
