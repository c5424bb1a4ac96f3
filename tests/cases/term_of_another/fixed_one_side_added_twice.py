# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)


def loss_of(left, right):
    std_left, std_right = left.std(dim=0), right.std(dim=0)
    loss = F.mse_loss(left, right)
    return loss + F.relu(1 - std_left).mean() + F.relu(1 - std_right).mean()


for step in range(20):
    images = torch.randn(64, 8)
    left = encoder(images + 0.1 * torch.randn(64, 8))
    right = encoder(images + 0.1 * torch.randn(64, 8))
    optimizer.zero_grad()
    loss_of(left, right).backward()
    optimizer.step()
