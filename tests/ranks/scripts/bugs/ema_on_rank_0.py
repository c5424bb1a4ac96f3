# Rank 0 alone keeps the moving average, and every rank loads its own at the end of the epoch.
# expect: BT701 parameter=0.weight update=5
import copy

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
average = copy.deepcopy(net.module).requires_grad_(False)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
is_mine = rank == 0  # bug
# fix: is_mine = True
noise = torch.Generator().manual_seed(rank)
for update in range(8):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
    if is_mine:
        with torch.no_grad():
            for kept, new in zip(average.parameters(), net.module.parameters(), strict=True):
                kept.lerp_(new, 0.1)
    if update == 3:
        net.module.load_state_dict(average.state_dict())
dist.destroy_process_group()
