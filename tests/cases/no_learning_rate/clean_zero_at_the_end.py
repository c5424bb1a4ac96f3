# expect: nothing
"""Two rates that are multiplied by zero: one while the other warms up, one for the last step."""

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, MultiStepLR

torch.manual_seed(0)
body, head = nn.Linear(6, 16), nn.Linear(16, 1)
of_body = torch.optim.Adam(body.parameters(), lr=1e-2)
of_head = torch.optim.Adam(head.parameters(), lr=1e-2)
first = LambdaLR(of_body, lambda step: float(step >= 5))
last = MultiStepLR(of_head, milestones=[28], gamma=0)
for _ in range(30):
    x = torch.randn(32, 6)
    of_body.zero_grad()
    of_head.zero_grad()
    loss = nn.functional.mse_loss(head(torch.relu(body(x))), x.sum(1, keepdim=True).abs())
    loss.backward()
    of_body.step()
    of_head.step()
    first.step()
    last.step()
