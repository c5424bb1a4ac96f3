# expect: BT207 at update 2
# source: GitHub issues of home-made optimizers: the update lands in a clone of p.data
import torch
from torch import nn


class Momentum(torch.optim.Optimizer):
    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, {"lr": lr, "beta": beta})

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                v = state.setdefault("v", torch.zeros_like(p))
                v.mul_(group["beta"]).add_(p.grad)
                weights = p.data.clone()
                weights.add_(v, alpha=-group["lr"])


def fit():
    torch.manual_seed(1)
    net = nn.Linear(4, 2)
    opt = Momentum(net.parameters(), lr=0.02)
    losses = []
    for _ in range(5):
        x = torch.randn(10, 4)
        loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
        net.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


print(fit())
