# expect: BT202 at update 1
# source: github.com/KanishJebaMathewM/Truxify, issue 13118
# also: BT104
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
meta_optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for _ in range(6):
    x = torch.rand(20, 1) * 4 - 2
    y = torch.sin(x + torch.rand(1))
    adapted = copy.deepcopy(model)
    inner = nn.functional.mse_loss(adapted(x[:10]), y[:10])
    grads = torch.autograd.grad(inner, adapted.parameters())
    for parameter, grad in zip(adapted.parameters(), grads):
        parameter.data -= 0.05 * grad
    loss = nn.functional.mse_loss(adapted(x[10:]), y[10:])
    meta_optimizer.zero_grad()
    loss.backward()
    meta_optimizer.step()
