# expect: nothing
# From each gradient its mean is taken, and its part along the values: they keep their length.
import torch
from torch import nn

torch.manual_seed(3)
net = nn.Linear(6, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(16, 6)
    opt.zero_grad()
    nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)).backward()
    with torch.no_grad():
        net.weight.grad -= net.weight.grad.mean(1, keepdim=True)
        along = (net.weight.grad * net.weight).sum() / net.weight.norm() ** 2
        net.weight.grad -= along * net.weight
    opt.step()
