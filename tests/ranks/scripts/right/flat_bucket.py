# Data parallelism by hand with one flat bucket for all gradients.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    flat = parameters_to_vector([parameter.grad for parameter in net.parameters()])
    dist.all_reduce(flat)
    vector_to_parameters(flat / world, [parameter.grad for parameter in net.parameters()])
    sgd.step()
dist.destroy_process_group()
