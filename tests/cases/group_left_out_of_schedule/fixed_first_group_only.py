# expect: nothing
# source: https://github.com/yu-changqian/TorchSeg/issues/84
import torch
from torch import nn


def adjust(optimizer, progress):
    for group in optimizer.param_groups:
        group["lr"] = 0.01 * (1 - progress)


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
decayed = [p for p in net.parameters() if p.dim() > 1]
rest = [p for p in net.parameters() if p.dim() == 1]
optimizer = torch.optim.AdamW([{"params": decayed}, {"params": rest, "weight_decay": 0.0}], lr=0.01)
for it in range(24):
    adjust(optimizer, it / 24)
    x = torch.randn(16, 4)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
