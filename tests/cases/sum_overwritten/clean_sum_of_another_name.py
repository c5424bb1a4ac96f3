# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.GRUCell(4, 8)
head = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-3)
for _ in range(8):
    x = torch.randn(16, 5, 4)
    hidden, total, error = torch.zeros(16, 8), 0.0, 0.0
    for t in range(5):
        hidden = model(x[:, t], hidden)
        error = nn.functional.mse_loss(head(hidden), x[:, t, :1])
        total = total + error
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
