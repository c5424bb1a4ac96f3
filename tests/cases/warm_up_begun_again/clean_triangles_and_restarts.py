# expect: nothing
# Rates that come back: up and down by degrees, and restarts from the top.
import torch
from torch import nn

torch.manual_seed(0)
for make in (
    lambda o: torch.optim.lr_scheduler.CyclicLR(
        o, 1e-3, 1e-2, step_size_up=5, cycle_momentum=False
    ),
    lambda o: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 6),
):
    net = nn.Linear(3, 1)
    opt = torch.optim.SGD(net.parameters(), lr=1e-2)
    scheduler = make(opt)
    for update in range(24):
        a = torch.randn(16, 3)
        opt.zero_grad()
        (net(a) - a.sum(1, keepdim=True)).square().mean().backward()
        opt.step()
        scheduler.step()
