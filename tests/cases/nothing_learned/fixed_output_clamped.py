# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 2)
y = 0.2 * x[:, :1] + 20.0
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x).clamp(min=-30.0, max=30.0), y)
    loss.backward()
    optimizer.step()
