# The mean loss is divided by the number of ranks, and DistributedDataParallel takes the mean too.
# expect: BT710 update=1
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
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss = loss / world  # bug
    loss.backward()
    sgd.step()
dist.destroy_process_group()
