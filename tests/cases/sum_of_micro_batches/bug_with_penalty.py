# expect: BT108 at update 2
# source: discuss.pytorch.org, "Gradient accumulation and the learning rate": the loss was not divided
# Cross-entropy and an L2 penalty, accumulated over four batches.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def penalty(module, strength=1e-3):
    return strength * sum(p.pow(2).sum() for p in module.parameters())


torch.manual_seed(0)
ACCUMULATE = 4
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
dataset = TensorDataset(torch.randn(64, 4), torch.randint(0, 2, (64,)))
for i, (x, y) in enumerate(DataLoader(dataset, batch_size=4)):
    loss = nn.functional.cross_entropy(model(x), y) + penalty(model)
    loss.backward()
    if i % ACCUMULATE == ACCUMULATE - 1:
        optimizer.step()
        optimizer.zero_grad()
