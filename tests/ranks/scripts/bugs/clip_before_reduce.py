# Data parallelism by hand: each rank clips its own gradient before the mean is taken.
# expect: BT711 update=1
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(10 + rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # bug
    for parameter in net.parameters():
        dist.all_reduce(parameter.grad)
        parameter.grad /= world
    # fix: nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    sgd.step()
dist.destroy_process_group()
