# expect: nothing
"""Two heads take turns while gradients are zeroed in place: momentum between turns is usual."""

import torch
from torch import nn

torch.manual_seed(0)
trunk, a, b = nn.Linear(5, 10), nn.Linear(10, 2), nn.Linear(10, 2)
optimizer = torch.optim.Adam(nn.ModuleList([trunk, a, b]).parameters(), lr=1e-3)
for i in range(6):
    head = a if i % 2 == 0 else b
    x, y = torch.randn(8, 5), torch.randint(2, (8,))
    optimizer.zero_grad(set_to_none=False)
    nn.functional.cross_entropy(head(torch.relu(trunk(x))), y).backward()
    optimizer.step()
