# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for step in range(20):
    images = torch.randn(64, 8)
    x = encoder(images + 0.1 * torch.randn(64, 8))
    y = encoder(images + 0.1 * torch.randn(64, 8))
    likeness = F.mse_loss(x, y)
    std_x = torch.sqrt(x.var(dim=0) + 1e-4)
    std_y = torch.sqrt(y.var(dim=0) + 1e-4)
    spread = (F.relu(1 - std_x).mean() + F.relu(1 - std_y).mean()) / 2
    loss = 25 * likeness + 25 * spread
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
