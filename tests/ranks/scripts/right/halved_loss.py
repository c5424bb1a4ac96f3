# DDP on two ranks with half a squared error: the half is the loss's own, and no share of a rank.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    loss = 0.5 * nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    sgd.step()
dist.destroy_process_group()
