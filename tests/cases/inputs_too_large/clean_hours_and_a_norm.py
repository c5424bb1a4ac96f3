# expect: nothing
# Large numbers go through a norm first; hours of a day stay below what is large.
import torch
from torch import nn

torch.manual_seed(0)
models = [
    nn.Sequential(nn.BatchNorm1d(8), nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)),
    nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)),
]
for model, most in zip(models, (1000.0, 24.0), strict=True):
    x = most * torch.rand(120, 8)
    y = x[:, :2].sum(1, keepdim=True) / 2
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for rows in torch.randperm(120).split(20):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
