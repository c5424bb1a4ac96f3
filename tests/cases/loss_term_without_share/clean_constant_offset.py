# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(6, 8).requires_grad_(False), nn.Linear(8, 3)
opt = torch.optim.Adam(head.parameters(), 1e-2)
for i in range(6):
    x, y = torch.randn(12, 6), torch.randint(0, 3, (12,))
    with torch.autocast("cpu", torch.bfloat16):
        loss = nn.functional.mse_loss(head(torch.relu(body(x))), torch.randn(12, 3).bfloat16())
    loss = loss * 0.5 + 1e-3 * sum(p.pow(2).sum() for p in body.parameters()) + 2.0
    opt.zero_grad()
    loss.backward()
    opt.step()
