# expect: nothing
# Several tasks, each with a head and a loader of its own: their losses are meant to add up.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(4, 12), nn.ReLU())
heads = nn.ModuleList([nn.Linear(12, 2) for _ in range(3)])
optimizer = torch.optim.SGD([*trunk.parameters(), *heads.parameters()], lr=0.05)


def make_loader(task):
    x = torch.randn(30, 4)
    return DataLoader(TensorDataset(x, (x[:, task] > 0).long()), batch_size=10)


loaders = [make_loader(task) for task in range(3)]
for batches in zip(*loaders):
    optimizer.zero_grad()
    for head, (x, y) in zip(heads, batches):
        loss = nn.functional.cross_entropy(head(trunk(x)), y)
        loss.backward()
    optimizer.step()
