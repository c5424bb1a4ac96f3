# expect: nothing
# Two values that are one letter apart, both known; a key that is set before it is looked up.
import torch
from torch import nn

options = {"grouped": 1}
options["groupes"] = 2


def reduce(losses, reduction="batchmean"):
    if reduction == "batchmeal":
        return losses.sum()
    if reduction in ("batchmean", "mean"):
        return losses.mean()
    return losses


torch.manual_seed(0)
net = nn.Linear(6, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(options.get("groupes", 0) * 3):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    reduce((net(x) - x[:, :1]).pow(2)).backward()
    optimizer.step()
