# expect: nothing
"""A frozen body listed in the optimizer: it never has a gradient, so nothing moves it."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.ModuleDict({"body": nn.Linear(6, 8), "head": nn.Linear(8, 2)})
model["body"].requires_grad_(False)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.5)
for _ in range(4):
    x = torch.randn(8, 6)
    logits = model["head"](torch.relu(model["body"](x)))
    loss = nn.functional.cross_entropy(logits, (x[:, 0] > 0).long())
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
