# expect: BT202 at update 1
# source: "Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks", C. Finn and others,
# 2017, with copies through which no gradient comes back
# also: BT104
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)


def adapt(model, x, y):
    adapted = copy.deepcopy(model)
    loss = nn.functional.mse_loss(adapted(x), y)
    grads = torch.autograd.grad(loss, adapted.parameters(), create_graph=True)
    for parameter, grad in zip(adapted.parameters(), grads):
        parameter.data -= 0.05 * grad
    return adapted


for _ in range(6):
    total = 0.0
    for _ in range(2):
        x = torch.rand(10, 1) * 4 - 2
        y = torch.sin(x + torch.rand(1))
        learner = adapt(model, x, y)
        total = total + nn.functional.mse_loss(learner(x), y)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
