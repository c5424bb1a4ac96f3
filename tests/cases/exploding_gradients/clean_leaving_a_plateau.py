# expect: nothing
# Gradients of a deep linear net grow while its loss falls.
import torch
from torch import nn

torch.manual_seed(0)

layers = [nn.Linear(6, 6, bias=False) for _ in range(3)]
for layer in layers:
    nn.init.eye_(layer.weight)
    with torch.no_grad():
        layer.weight.mul_(0.2)
model = nn.Sequential(*layers)
x = torch.randn(64, 6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), 3 * x)
    loss.backward()
    optimizer.step()
