# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
hidden = [nn.Linear(12, 12) for _ in range(3)]
model = nn.Sequential(nn.Linear(6, 12), *hidden, nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1] * x[:, 1:2]).backward()
    optimizer.step()
