# expect: nothing
import torch
from torch import nn


class WarmUp:
    def __init__(self, optimizer, steps):
        self.optimizer, self.steps, self.taken = optimizer, steps, 0

    def step(self):
        self.taken += 1
        for group in self.optimizer.param_groups:
            group["lr"] = 1e-2 * min(1, self.taken / self.steps)


torch.manual_seed(1)
body, head = nn.Linear(6, 16), nn.Linear(16, 1)
optimizer = torch.optim.Adam(
    [{"params": body.parameters()}, {"params": head.parameters()}], lr=1e-2
)
warm_up = WarmUp(optimizer, 20)
for _ in range(6):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(head(body(x).tanh()), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    warm_up.step()
    optimizer.step()
