# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(80):
    x = torch.randn(64, 5)
    labels = (x[:, :1] + 0.5 * torch.randn(64, 1) > 1.1).float()
    weights = 1 + 2.0 * labels
    loss = F.binary_cross_entropy(model(x), labels, weight=weights)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
