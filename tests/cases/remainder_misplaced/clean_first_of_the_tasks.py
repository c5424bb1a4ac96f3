# expect: nothing
# The gradients of two tasks are summed: cleared at the first, stepped at the last.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
targets = (x[:, :3].argmax(1), x[:, 3:].argmax(1))
body, heads = nn.Linear(6, 16), nn.ModuleList([nn.Linear(16, 3), nn.Linear(16, 3)])
optimizer = torch.optim.SGD([*body.parameters(), *heads.parameters()], lr=0.1)
accumulate, every = 2, 4
for batch, rows in enumerate(torch.randperm(256).split(32)):
    for task, target in enumerate((targets[0], targets[1])):
        if task % accumulate == 0:
            optimizer.zero_grad()
        loss = nn.functional.cross_entropy(heads[task](body(x[rows]).relu()), target[rows])
        (loss / accumulate).backward()
        if (task + 1) % accumulate == 0:
            optimizer.step()
    if batch % every == 0:
        print(batch, loss.item())
