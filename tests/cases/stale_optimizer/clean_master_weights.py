# expect: nothing
"""Master weights: the optimizer steps copies in float32 that are then written to the model."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3).to(torch.bfloat16)
masters = [p.detach().float().requires_grad_(True) for p in model.parameters()]
optimizer = torch.optim.SGD(masters, lr=0.1)
for _ in range(4):
    x = torch.randn(12, 6)
    logits = model(x.to(torch.bfloat16)).float()
    model.zero_grad()
    nn.functional.cross_entropy(logits, x[:, :3].argmax(1)).backward()
    for master, p in zip(masters, model.parameters()):
        master.grad = p.grad.float()
    optimizer.step()
    with torch.no_grad():
        for master, p in zip(masters, model.parameters()):
            p.copy_(master)
