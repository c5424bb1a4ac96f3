# Off by one: no_sync stands around the backward before the step, and the others are reduced.
# expect: BT702 update=1
import contextlib

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
sgd.zero_grad()
for index in range(16):
    is_last = index % 4 == 0  # bug
    # fix: is_last = index % 4 == 3
    x = torch.randn(8, 8, generator=noise)
    with contextlib.nullcontext() if is_last else net.no_sync():
        (nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / 4).backward()
    if index % 4 == 3:
        sgd.step()
        sgd.zero_grad()
dist.destroy_process_group()
