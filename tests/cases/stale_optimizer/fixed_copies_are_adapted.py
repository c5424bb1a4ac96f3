# expect: nothing
import torch
from torch import nn
from torch.func import functional_call

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)


def adapt(model, x, y):
    loss = nn.functional.mse_loss(model(x), y)
    grads = torch.autograd.grad(loss, tuple(model.parameters()), create_graph=True)
    pairs = zip(model.named_parameters(), grads)
    return {name: parameter - 0.05 * grad for (name, parameter), grad in pairs}


for _ in range(6):
    total = 0.0
    for _ in range(2):
        x = torch.rand(10, 1) * 4 - 2
        y = torch.sin(x + torch.rand(1))
        adapted = adapt(model, x, y)
        total = total + nn.functional.mse_loss(functional_call(model, adapted, (x,)), y)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
