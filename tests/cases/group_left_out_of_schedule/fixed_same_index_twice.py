# expect: nothing
# source: https://github.com/yu-changqian/TorchSeg/issues/84
import torch
from torch import nn

torch.manual_seed(0)
body, neck, head = nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 1)
base = 0.05
optimizer = torch.optim.SGD(
    [
        {"params": body.parameters(), "lr": base},
        {"params": neck.parameters(), "lr": base},
        {"params": head.parameters(), "lr": 2 * base},
    ],
    lr=base,
)
for it in range(20):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    y = head(torch.relu(neck(torch.relu(body(x)))))
    nn.functional.mse_loss(y, x.sum(1, keepdim=True)).backward()
    optimizer.step()
    rate = base * (1 - (it + 1) / 20) ** 0.9
    for i in range(2):
        optimizer.param_groups[i]["lr"] = rate
    optimizer.param_groups[2]["lr"] = 2 * rate
