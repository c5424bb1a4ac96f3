# expect: nothing
# The rate is raised by hand, from next to nothing.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-9)
for update in range(6):
    for group in optimizer.param_groups:
        group["lr"] = 1e-9 * 10 ** min(update, 7)
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
