# expect: nothing
# One stream: each stage goes on where the one before it left off, and the last goes to its end.
import torch
from torch import nn

torch.manual_seed(0)


def stream(count):
    for _ in range(count):
        x = torch.randn(8, 5)
        yield x, x.sum(1, keepdim=True)


model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
batches = stream(12)
for rate in (0.05, 0.02, 0.01):
    optimizer.param_groups[0]["lr"] = rate
    for step, (x, y) in enumerate(batches):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step == 3:
            break
