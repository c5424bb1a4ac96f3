# FSDP2 over tensors that do not divide by two: a rank's shard of the last bias is empty.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

dist.init_process_group("gloo")
rank = dist.get_rank()
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 15), nn.Tanh(), nn.Linear(15, 1))
for layer in (net[0], net[2], net):
    fully_shard(layer, mesh=mesh)
adam = torch.optim.Adam(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    adam.step()
dist.destroy_process_group()
