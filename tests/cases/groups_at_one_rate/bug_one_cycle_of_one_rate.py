# expect: BT605 at update 10
# source: docs.pytorch.org, OneCycleLR: max_lr is a float or a list, the upper rates for each parameter group
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(8, 16), nn.Linear(16, 1)
optimizer = torch.optim.Adam(
    [
        {"params": body.parameters(), "lr": 1e-4},
        {"params": head.parameters(), "lr": 1e-2},
    ]
)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=24)
for _ in range(24):
    x = torch.randn(16, 8)
    loss = nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
