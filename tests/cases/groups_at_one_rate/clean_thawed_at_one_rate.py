# expect: nothing
# The head is trained alone at first, then all of it at one rate that falls.
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(8, 16), nn.Linear(16, 1)
groups = [{"params": body.parameters(), "lr": 1e-5}, {"params": head.parameters(), "lr": 1e-2}]
optimizer = torch.optim.SGD(groups)
for step in range(40):
    if step >= 12:
        for group in optimizer.param_groups:
            group["lr"] = 5e-3 * 0.95 ** (step - 12)
    x = torch.randn(16, 8)
    loss = nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
