# expect: nothing
"""BitFit: only the biases are trained, in all layers."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 3))
for name, p in model.named_parameters():
    p.requires_grad_(name.endswith("bias"))
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
for _ in range(4):
    x, y = torch.randn(10, 6), torch.randint(3, (10,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
