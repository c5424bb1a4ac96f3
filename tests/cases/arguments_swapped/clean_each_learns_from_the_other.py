# expect: nothing
# Two networks learn from each other, and both divergences carry a gradient to both.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
one, other = nn.Linear(8, 3), nn.Linear(8, 3)
optimizer = torch.optim.SGD([*one.parameters(), *other.parameters()], lr=0.1)
for _ in range(16):
    x = torch.randn(32, 8)
    y = x[:, :3].argmax(1)
    a, b = one(x), other(x)
    apart = F.kl_div(a.log_softmax(1), b.softmax(1), reduction="batchmean")
    apart = apart + F.kl_div(b.log_softmax(1), a.softmax(1), reduction="batchmean")
    loss = F.cross_entropy(a, y) + F.cross_entropy(b, y) + apart
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
