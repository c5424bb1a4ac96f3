# The flat bucket was made before a head was added: the head's gradient is not reduced.
# expect: BT701 parameter=head.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
head = nn.Linear(16, 1)
net = nn.ModuleDict({"body": body, "head": head})
bucket = list(body.parameters())  # bug
# fix: bucket = list(net.parameters())
adam = torch.optim.Adam(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(head(body(x)), x.sum(1, keepdim=True)).backward()
    flat = parameters_to_vector([parameter.grad for parameter in bucket])
    dist.all_reduce(flat)
    vector_to_parameters(flat / world, [parameter.grad for parameter in bucket])
    adam.step()
dist.destroy_process_group()
