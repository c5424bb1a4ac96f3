# expect: nothing
"""After each micro-batch the norm so far is measured, by a limit that nothing reaches."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
norms = []
for at in range(12):
    x = torch.randn(16, 6)
    (nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)) / 3).backward()
    norms.append(nn.utils.clip_grad_norm_(model.parameters(), 1e9).item())
    if at % 3 == 2:
        optimizer.step()
        optimizer.zero_grad()
