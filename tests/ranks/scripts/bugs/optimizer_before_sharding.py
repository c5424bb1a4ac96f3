# The optimizer is made before fully_shard, and holds tensors that no longer belong to the model.
# expect: BT202 update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

dist.init_process_group("gloo")
rank = dist.get_rank()
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
adam = torch.optim.AdamW(net.parameters(), lr=0.01)  # bug
fully_shard(net[0], mesh=mesh)
fully_shard(net[2], mesh=mesh)
fully_shard(net, mesh=mesh)
# fix: adam = torch.optim.AdamW(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :2]).backward()
    adam.step()
dist.destroy_process_group()
