# expect: nothing
# The loss and a gradient penalty over one forward, each with a backward of its own.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x in torch.randn(5, 8, 4):
    optimizer.zero_grad()
    x.requires_grad_()
    y = model(x)
    loss = nn.functional.mse_loss(y, x[:, :1].detach())
    loss.backward(retain_graph=True)
    (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    ((slope.norm(dim=1) - 1) ** 2).mean().backward()
    optimizer.step()
