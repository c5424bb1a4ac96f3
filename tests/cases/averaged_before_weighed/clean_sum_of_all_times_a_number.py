# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
mixing = torch.randn(4, 2)
scale = torch.tensor([0.5])
for step in range(60):
    x = torch.randn(32, 4)
    y = x @ mixing + 0.2 * torch.randn(32, 2)
    squares = (model(x) - y) ** 2
    loss = (squares.sum() / len(x) * scale).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
