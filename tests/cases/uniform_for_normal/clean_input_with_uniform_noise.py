# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
std = 0.1
model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 8)
    mean = x.mean(0)
    noise = torch.rand_like(x)
    noisy = x + std * noise
    loss = F.mse_loss(model(noisy - mean), x - mean)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
