# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
mixing = torch.randn(4, 2)
for step in range(60):
    x = torch.randn(32, 4)
    y = x @ mixing + 0.2 * torch.randn(32, 2)
    importance = torch.where(x[:, 0] > 1, 3.0, 1.0)
    squares = (model(x) - y) ** 2
    loss = (squares.sum(1) / 2 * importance).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
