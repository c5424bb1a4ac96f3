# Each rank steps its part of the parameters and broadcasts it; the division leaves the last out.
# expect: BT714 parameter=4.bias update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16, bias=False), nn.ReLU())
body.append(nn.Linear(16, 1))
net = DistributedDataParallel(body)
parameters = list(net.parameters())
size = len(parameters) // world  # bug
# fix: size = -(-len(parameters) // world)
owner = [min(index // size, world) for index in range(len(parameters))]
adam = torch.optim.Adam(
    [each for each, who in zip(parameters, owner, strict=True) if who == rank], lr=0.01
)
noise = torch.Generator().manual_seed(rank)
for _ in range(8):
    x = torch.randn(16, 8, generator=noise)
    net.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    adam.step()
    for parameter, who in zip(parameters, owner, strict=True):
        if who < world:
            dist.broadcast(parameter.data, who)
dist.destroy_process_group()
