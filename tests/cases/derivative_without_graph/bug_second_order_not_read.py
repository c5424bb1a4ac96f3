# expect: BT312 at update 1
# source: github.com/kjaved0/mrcl, issue 15: no graph of the inner gradients
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def call(weights, x):
    first, shift, second, last = weights
    return F.linear(torch.tanh(F.linear(x, first, shift)), second, last)


def adapt(weights, x, y, steps=2, lr=0.05, second_order=True):
    for _ in range(steps):
        loss = F.mse_loss(call(weights, x), y)
        grads = torch.autograd.grad(loss, weights)
        weights = [w - lr * g for w, g in zip(weights, grads)]
    return weights


for _ in range(40):
    total = 0
    for _ in range(4):
        height, phase = torch.rand(1) * 4 + 0.1, torch.rand(1) * 3
        x = torch.rand(20, 1) * 10 - 5
        y = height * torch.sin(x + phase)
        model(x)
        fast = adapt(list(model.parameters()), x[:10], y[:10])
        total = total + F.mse_loss(call(fast, x[10:]), y[10:])
    optimizer.zero_grad()
    (total / 4).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
