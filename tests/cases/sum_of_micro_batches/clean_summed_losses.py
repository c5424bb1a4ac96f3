# expect: nothing
# The loss is a sum over rows, and the gradient is divided by all rows before the step.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(5, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
x = torch.randn(48, 5)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=8)

rows = 0
for i, (xb, yb) in enumerate(loader, start=1):
    nn.functional.cross_entropy(model(xb), yb, reduction="sum").backward()
    rows += len(xb)
    if i % 3 == 0:
        for p in model.parameters():
            p.grad /= rows
        optimizer.step()
        optimizer.zero_grad()
        rows = 0
