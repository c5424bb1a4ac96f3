# Data parallelism by hand: what has one dimension is left out of the all-reduce.
# expect: BT701 parameter=bias update=1
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
noise = torch.Generator().manual_seed(rank)
shared = [parameter for parameter in net.parameters() if parameter.dim() > 1]  # bug
# fix: shared = list(net.parameters())
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    for parameter in shared:
        dist.all_reduce(parameter.grad)
        parameter.grad.div_(world)
    sgd.step()
dist.destroy_process_group()
