# expect: nothing
# A search for a rate goes through the rates twice, from the same start.
import torch
from torch import nn

torch.manual_seed(0)
for attempt in range(2):
    net = nn.Linear(3, 1)
    opt = torch.optim.SGD(net.parameters(), lr=1e-4)
    for update in range(12):
        opt.param_groups[0]["lr"] = 1e-4 * 1.5**update
        a = torch.randn(16, 3)
        opt.zero_grad()
        (net(a) - a.sum(1, keepdim=True)).square().mean().backward()
        opt.step()
