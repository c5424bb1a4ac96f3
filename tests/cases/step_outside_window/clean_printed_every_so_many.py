# expect: nothing
# What is printed is a mean of as many losses as are counted; each loss is weighted by another.
import torch
from torch import nn

torch.manual_seed(0)
every, tasks, total = 4, 2, 0.0
model = nn.Linear(6, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(1, 13):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()) / tasks
    loss.backward()
    optimizer.step()
    total += loss.item()
    if step % every == 0:
        mean_loss = total / every
        print(f"{mean_loss:.3f}")
        total = 0.0
