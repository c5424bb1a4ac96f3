# expect: nothing
# A scheduler has a function for each group, and one of them is constant.
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD([{"params": body.parameters()}, {"params": head.parameters()}], lr=0.05)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, [lambda i: 0.9**i, lambda i: 1.0])
for it in range(20):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True)).backward()
    optimizer.step()
    scheduler.step()
