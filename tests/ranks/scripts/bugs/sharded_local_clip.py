# FSDP2: each rank clips its shards by the norm of its own shards.
# expect: BT712 update=1
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
for layer in (net[0], net[2], net):
    fully_shard(layer, mesh=mesh)
adam = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :2] * 5).backward()
    grads = [parameter.grad.to_local() for parameter in net.parameters()]
    norm = torch.stack([grad.norm() for grad in grads]).norm()
    # fix: square = norm**2
    # fix: dist.all_reduce(square)
    # fix: norm = square.sqrt()
    if norm > 0.5:
        for grad in grads:
            grad.mul_(0.5 / norm)
    adam.step()
dist.destroy_process_group()
