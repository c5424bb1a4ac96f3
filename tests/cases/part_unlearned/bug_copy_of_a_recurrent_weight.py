# expect: BT602 warning at update 3
# source: https://elanapearl.github.io/blog/2025/the-bug-that-taught-me-pytorch/
import torch
from torch import nn

torch.manual_seed(0)


class Descent(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for number, p in enumerate(group["params"]):
                value = p if number else p.contiguous().clone()
                value -= group["lr"] * p.grad


rnn = nn.GRU(3, 8, batch_first=True)
head = nn.Linear(8, 2)
optimizer = Descent([*rnn.parameters(), *head.parameters()], lr=0.05)
x, y = torch.randn(16, 5, 3), torch.randn(16, 2)
for _ in range(8):
    loss = nn.functional.mse_loss(head(rnn(x)[0][:, -1]), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
