# expect: nothing
# PCGrad: each task's gradient is taken and thrown away; the projected sum is written into .grad.
import torch
from torch import nn

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(5, 12), nn.ReLU())
heads = nn.ModuleList([nn.Linear(12, 1), nn.Linear(12, 1)])
params = [*trunk.parameters(), *heads.parameters()]
optimizer = torch.optim.Adam(params, lr=1e-2)
X = torch.randn(48, 5)
targets = [X[:, :1] * 2, X[:, 1:2] - X[:, :1]]

for i in range(4):
    rows = slice(12 * i, 12 * i + 12)
    grads = []
    for head, target in zip(heads, targets):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(trunk(X[rows])), target[rows])
        loss.backward()
        grads.append([torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in params])
    a, b = (torch.cat([g.flatten() for g in task]) for task in grads)
    dot = a @ b
    if dot < 0:
        a, b = a - dot / (b @ b) * b, b - dot / (a @ a) * a
    total, offset = a + b, 0
    for p in params:
        p.grad = total[offset : offset + p.numel()].view_as(p).clone()
        offset += p.numel()
    optimizer.step()
