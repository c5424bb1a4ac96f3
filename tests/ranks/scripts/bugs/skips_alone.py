# A guard against spikes looks at the loss of its own rank, and leaves the step out there only.
# expect: BT708 rank=1 update=3
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
    if rank == 1 and update == 2:
        x = 20 * x
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    level = loss.detach()
    # fix: dist.all_reduce(level, op=dist.ReduceOp.MAX)
    if level < 100:
        sgd.step()
dist.destroy_process_group()
