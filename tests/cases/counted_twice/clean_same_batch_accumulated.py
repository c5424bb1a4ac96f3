# expect: nothing
# A smoke test that overfits one batch with accumulation: equal gradients of separate forwards.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
accumulate = 2

for i in range(1, 9):
    loss = nn.functional.cross_entropy(model(x), y) / accumulate
    loss.backward()
    if i % accumulate == 0:
        optimizer.step()
        optimizer.zero_grad()
