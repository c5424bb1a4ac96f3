# expect: nothing

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
meta_optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for _ in range(6):
    x = torch.rand(20, 1) * 4 - 2
    y = torch.sin(x + torch.rand(1))
    fast = dict(model.named_parameters())
    inner = nn.functional.mse_loss(model(x[:10]), y[:10])
    grads = torch.autograd.grad(inner, list(fast.values()), create_graph=True)
    fast = {name: p - 0.05 * grad for (name, p), grad in zip(fast.items(), grads)}
    loss = nn.functional.mse_loss(torch.func.functional_call(model, fast, x[10:]), y[10:])
    meta_optimizer.zero_grad()
    loss.backward()
    meta_optimizer.step()
