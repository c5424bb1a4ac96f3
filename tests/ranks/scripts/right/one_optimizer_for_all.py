# Rank 0 has the only optimizer: gradients go to it, weights come from it.
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05) if rank == 0 else None
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    net.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    for parameter in net.parameters():
        dist.reduce(parameter.grad, 0)
    if sgd is not None:
        for parameter in net.parameters():
            parameter.grad /= world
        sgd.step()
    for parameter in net.parameters():
        dist.broadcast(parameter.data, 0)
dist.destroy_process_group()
