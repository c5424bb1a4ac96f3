# expect: nothing
"""Each sample's gradient is clipped by itself, kept, and cleared, as for differential privacy."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    sums = [torch.zeros_like(each) for each in model.parameters()]
    for x in torch.randn(6, 1, 6):
        model.zero_grad()
        nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.2)
        for kept, each in zip(sums, model.parameters(), strict=True):
            kept += each.grad
    for kept, each in zip(sums, model.parameters(), strict=True):
        each.grad = kept / 6 + 0.001 * torch.randn_like(kept)
    optimizer.step()
