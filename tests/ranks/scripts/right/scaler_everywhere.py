# GradScaler over the wrapper: the overflow of one rank reaches all by the all-reduce, all skip.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**120)
noise = torch.Generator().manual_seed(rank)
for _ in range(8):
    x = torch.randn(16, 8, generator=noise) * (1 + 50 * rank)
    sgd.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        loss = nn.functional.l1_loss(net(x), x.sum(1, keepdim=True))
    scaler.scale(loss).backward()
    scaler.unscale_(sgd)
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    scaler.step(sgd)
    scaler.update(2.0**10 if scaler.get_scale() > 2.0**100 else None)
dist.destroy_process_group()
