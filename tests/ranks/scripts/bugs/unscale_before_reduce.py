# GradScaler looks for infinities before the all-reduce: one rank skips, the others step into NaN.
# expect: BT708 rank=1 update=3
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
noise = torch.Generator().manual_seed(rank)
for update in range(6):
    x = torch.randn(16, 8, generator=noise)
    weight = 1.0
    if rank == 1 and update == 2:
        weight = 1000.0  # a rare row counts more, and its gradient is too large for half
    sgd.zero_grad()
    output = net(x).half().float()
    loss = weight * nn.functional.l1_loss(output, x.sum(1, keepdim=True))
    scaler.scale(loss).backward()
    scaler.unscale_(sgd)  # bug
    for parameter in net.parameters():
        dist.all_reduce(parameter.grad)
        parameter.grad.div_(world)
    scaler.step(sgd)
    scaler.update()
dist.destroy_process_group()
