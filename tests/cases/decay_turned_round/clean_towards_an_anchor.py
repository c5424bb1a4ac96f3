# expect: nothing
# Values are drawn to an anchor: the gradient of the distance is the value minus it.
import torch
from torch import nn

torch.manual_seed(2)
net = nn.Linear(6, 1)
anchors = [p.detach().clone() for p in net.parameters()]
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(16, 6)
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x[:, 1:2]).backward()
    with torch.no_grad():
        for p, anchor in zip(net.parameters(), anchors, strict=True):
            p.grad += 0.1 * p
            p.grad -= 0.1 * anchor
    opt.step()
