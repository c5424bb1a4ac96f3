# expect: nothing
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.functional import mse_loss

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(12):
    total = 0
    for _ in range(3):
        slope = torch.rand(1) * 2
        x, query = torch.randn(10, 1), torch.randn(10, 1)
        quick = dict(net.named_parameters())
        for _ in range(2):
            inner = mse_loss(functional_call(net, quick, (x,)), slope * x)
            grads = torch.autograd.grad(inner, list(quick.values()))
            quick = {n: p - 0.05 * g for (n, p), g in zip(quick.items(), grads)}
        total = total + mse_loss(functional_call(net, quick, (query,)), slope * query)
    optimizer.zero_grad()
    (total / 3).backward()
    optimizer.step()
