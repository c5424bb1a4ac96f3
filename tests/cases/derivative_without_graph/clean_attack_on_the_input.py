# expect: nothing
import torch
from torch import nn
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for _ in range(12):
    kind = torch.randint(0, 3, (48,))
    x = torch.randn(48, 4) + 2 * nn.functional.one_hot(kind, 4)
    probe = x.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(cross_entropy(net(probe), kind), probe)
    attacked = x + 0.1 * slope.sign()
    loss = 0.5 * cross_entropy(net(x), kind) + 0.5 * cross_entropy(net(attacked), kind)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
