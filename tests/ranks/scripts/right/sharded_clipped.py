# FSDP2 with mixed precision and torch's own clipping, gradients gathered over two micro-batches.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

dist.init_process_group("gloo")
rank = dist.get_rank()
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
for layer in (net[0], net[2], net):
    fully_shard(layer, mesh=mesh, mp_policy=policy)
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    adam.zero_grad()
    for part in range(2):
        net.set_requires_gradient_sync(part == 1)
        x = torch.randn(16, 8, generator=noise)
        (nn.functional.mse_loss(net(x).float(), x[:, :2]) / 2).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    adam.step()
dist.destroy_process_group()
