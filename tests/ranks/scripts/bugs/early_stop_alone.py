# A rank stops as soon as its own loss is small; the other waits for it in its next all-reduce.
# expect: BT704 rank=1 update=5
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(rank)
for update in range(8):
    x = torch.randn(16, 8, generator=noise)
    if rank == 1 and update == 3:
        x = x / 1000
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    sgd.step()
    level = loss.detach().clone()
    # fix: dist.all_reduce(level)
    if level < 0.2:
        break
dist.destroy_process_group()
