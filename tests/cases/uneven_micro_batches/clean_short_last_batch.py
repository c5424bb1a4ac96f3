# expect: nothing
# The last batch of the epoch is smaller, as in most loops.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(44, 4)
loader = DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), batch_size=8)
for epoch in range(2):
    for i, (xb, yb) in enumerate(loader, start=1):
        loss = nn.functional.cross_entropy(model(xb), yb) / 2
        loss.backward()
        if i % 2 == 0 or i == len(loader):
            optimizer.step()
            optimizer.zero_grad()
