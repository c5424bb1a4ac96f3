# expect: nothing
# A curriculum: the examples become harder, and so does their loss.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for level in range(8):
    x = torch.randn(64, 3) * 1.6**level
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
