# expect: nothing
# A linear autoencoder: its middle is narrower than both sides, and it stays far above zero for that.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
model = nn.Sequential(nn.Linear(8, 3), nn.Linear(3, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(200):
    loss = nn.functional.mse_loss(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
