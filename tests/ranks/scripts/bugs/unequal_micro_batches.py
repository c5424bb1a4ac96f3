# Rank 1 gathers two micro-batches an update and rank 0 four, each divided by its own number.
# expect: BT709 rank=1 update=1
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
count = 4 if rank == 0 else 2  # bug
# fix: count = 4
for _ in range(5):
    sgd.zero_grad()
    for part in range(count):
        x = torch.randn(8, 8, generator=noise)
        with contextlib.nullcontext() if part == count - 1 else net.no_sync():
            loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / count
            loss.backward()
    sgd.step()
dist.destroy_process_group()
