# expect: nothing
# The norms of the first part are frozen, those of the second are all that is trained of it.
import torch
from torch import nn

torch.manual_seed(0)


def block(width):
    return nn.Sequential(nn.Linear(width, 16), nn.BatchNorm1d(16), nn.ReLU())


def freeze(module, train_norm):
    for part in module.modules():
        if not isinstance(part, nn.BatchNorm1d) or not train_norm:
            for each in part.parameters(recurse=False):
                each.requires_grad = False


first, second, head = block(6), block(16), nn.Linear(16, 2)
freeze(first, train_norm=False)
freeze(second, train_norm=True)
first[1].eval()
model = nn.Sequential(first, second, head)
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
for _ in range(30):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > x[:, 1]).long()).backward()
    optimizer.step()
