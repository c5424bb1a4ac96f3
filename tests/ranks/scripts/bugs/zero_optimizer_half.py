# ZeroRedundancyOptimizer is given the body only: the head is trained by nobody.
# expect: BT201 parameter=2.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
trained = list(net.module[0].parameters())  # bug
# fix: trained = list(net.parameters())
zero = ZeroRedundancyOptimizer(trained, optimizer_class=torch.optim.Adam, lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(8):
    x = torch.randn(16, 8, generator=noise)
    net.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    zero.step()
dist.destroy_process_group()
