# expect: nothing
"""LBFGS runs several backwards in one step, and a scaler steps another optimizer."""

import torch
from torch import nn

torch.manual_seed(0)
first, second = nn.Linear(4, 4), nn.Linear(4, 1)
lbfgs = torch.optim.LBFGS(first.parameters(), max_iter=3)
adam = torch.optim.Adam(second.parameters(), lr=1e-2)
scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
for _ in range(3):
    x = torch.randn(16, 4)
    y = x.sum(1, keepdim=True)

    def closure():
        lbfgs.zero_grad()
        loss = nn.functional.mse_loss(second(torch.tanh(first(x))), y)
        loss.backward()
        return loss

    lbfgs.step(closure)
    adam.zero_grad()
    loss = nn.functional.mse_loss(second(torch.tanh(first(x)).detach()), y)
    scaler.scale(loss).backward()
    scaler.step(adam)
    scaler.update()
