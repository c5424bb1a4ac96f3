# expect: nothing
# source: github.com/deepspeedai/DeepSpeed, pull request 8171: WarmupLR takes the first group's rate for all
import torch
from torch import nn

torch.manual_seed(0)


class WarmUp:
    def __init__(self, optimizer, length):
        self.optimizer, self.length, self.count = optimizer, length, 0
        self.top = [group["lr"] for group in optimizer.param_groups]
        self.step()

    def step(self):
        self.count += 1
        for group, top in zip(self.optimizer.param_groups, self.top):
            group["lr"] = top * min(1.0, self.count / self.length)


body, head = nn.Linear(8, 16), nn.Linear(16, 1)
optimizer = torch.optim.AdamW(
    [
        {"params": body.parameters(), "lr": 1e-4},
        {"params": head.parameters(), "lr": 5e-3},
    ]
)
warm_up = WarmUp(optimizer, 8)
for _ in range(24):
    x = torch.randn(16, 8)
    loss = nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    warm_up.step()
