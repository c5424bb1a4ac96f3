# expect: BT451
# line: if val > best:
# source: github.com/usnistgov/alignn, issue 81
# What is compared is the loss of the validation, under a name that does not say so.
import torch
from torch import nn

torch.manual_seed(0)
x, held = torch.randn(96, 6), torch.randn(48, 6)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
best = 0.0
for _ in range(4):
    for rows in torch.randperm(96).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), x[rows, :1]).backward()
        optimizer.step()
    with torch.no_grad():
        val = nn.functional.mse_loss(model(held), held[:, :1]).item()
    if val > best:
        best = val
        torch.save(model.state_dict(), "best.pt")
