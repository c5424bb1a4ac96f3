# expect: nothing
# Inputs alone, with nothing that belongs to them; columns are mixed for each row alike.
import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(96, 6)
data = data[torch.randperm(96)]
columns = torch.randperm(6)
data = data[:, columns]
model = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in data.split(8):
    loss = nn.functional.mse_loss(model(rows), rows)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
