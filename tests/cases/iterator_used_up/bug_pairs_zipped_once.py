# expect: BT435 at update 1
# source: Python tutorial, Iterators: an iterator that is used up stays so
import torch
from torch import nn

torch.manual_seed(0)
inputs, labels = torch.randn(60, 6), torch.randint(0, 3, (60,))
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batches = zip(inputs.split(12), labels.split(12))

for epoch in range(4):
    for x, y in batches:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
