# FSDP2: the reduction is put off for the first half, and set on again for no module but one block.
# expect: BT204 parameter=0.weight
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
for layer in (net[0], net[2], net[4], net):
    fully_shard(layer, mesh=mesh)
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    for half in range(2):
        if half == 0:
            net.set_requires_gradient_sync(False)
        else:
            net[4].set_requires_gradient_sync(True)  # bug
            # fix: net.set_requires_gradient_sync(True)
        x = torch.randn(8, 8, generator=noise)
        (nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / 2).backward()
    adam.step()
    adam.zero_grad()
dist.destroy_process_group()
