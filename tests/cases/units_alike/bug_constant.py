# expect: BT218 at update 1
# source: discuss.pytorch.org, "Initialize weights with the same number"
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
for parameter in model.parameters():
    if parameter.dim() > 1:
        nn.init.constant_(parameter, 0.1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1] * x[:, 1:2] + 1).backward()
    optimizer.step()
