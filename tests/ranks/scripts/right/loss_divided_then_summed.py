# The mean loss is divided by the number of ranks, and the gradients are summed: the mean over all.
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / world
    loss.backward()
    for parameter in net.parameters():
        dist.all_reduce(parameter.grad)
    sgd.step()
dist.destroy_process_group()
