# expect: BT106 at update 1, BT602 at update 3
# source: discuss.pytorch.org, "Setting .grad to zero for some parameters": a leftover of an experiment
import torch
from torch import nn


def training_step(model, optimizer, x, y, debug=True):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    if debug:
        for name, p in model.named_parameters():
            if name.startswith("0"):
                p.grad.zero_()
    optimizer.step()
    return float(loss)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x in torch.randn(4, 16, 5):
    training_step(model, optimizer, x, (x.sum(1) > 0).long())
