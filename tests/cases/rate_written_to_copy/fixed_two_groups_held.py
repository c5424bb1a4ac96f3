# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(1)
body, head = nn.Linear(6, 16), nn.Linear(16, 1)
optimizer = torch.optim.SGD(
    [{"params": body.parameters(), "lr": 0.01}, {"params": head.parameters(), "lr": 0.1}],
    momentum=0.9,
)
slow, fast = optimizer.param_groups
best, kept = float("inf"), None
for epoch in range(4):
    total = 0.0
    for _ in range(3):
        x = torch.randn(32, 6)
        loss = nn.functional.mse_loss(head(body(x).tanh()), x[:, :1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if kept is None:
        kept = copy.deepcopy(optimizer.state_dict())
    elif epoch == 1:  # back to where the momentum was
        optimizer.load_state_dict(kept)
        slow, fast = optimizer.param_groups
    slow["lr"], fast["lr"] = slow["lr"] * 0.5, fast["lr"] * 0.5
