# expect: nothing
# Gradients are cleared without zero_grad: parameter by parameter, after the step.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(40, 5)
y = x.sum(dim=1, keepdim=True)

for start in range(0, 40, 10):
    loss = nn.functional.mse_loss(model(x[start : start + 10]), y[start : start + 10])
    loss.backward()
    optimizer.step()
    for p in model.parameters():
        p.grad.zero_()

for start in range(0, 40, 10):
    for p in model.parameters():
        p.grad = None
    loss = nn.functional.mse_loss(model(x[start : start + 10]), y[start : start + 10])
    loss.backward()
    optimizer.step()
