# expect: nothing
# The step waits for its window at the top of the loop, by `continue`; and a window may be of one.
import torch
from torch import nn

torch.manual_seed(0)
for accumulate in (1, 3):
    model = nn.Linear(6, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(1, 10):
        x = torch.randn(16, 6)
        loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()) / accumulate
        loss.backward()
        if step % accumulate != 0:
            continue
        optimizer.step()
        optimizer.zero_grad()
