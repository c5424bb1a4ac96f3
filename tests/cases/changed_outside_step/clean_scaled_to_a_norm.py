# expect: nothing
# Weights are brought back to length one after each step, which a high rate leads far from it.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 3, bias=False)
opt = torch.optim.SGD(net.parameters(), lr=2.0)
for _ in range(8):
    x = torch.randn(32, 6)
    opt.zero_grad()
    nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)).backward()
    opt.step()
    with torch.no_grad():
        net.weight.div_(net.weight.norm())
