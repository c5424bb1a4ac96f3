# Tensor parallelism by a plan of DTensor.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor.parallel import (
    ColwiseParallel,
    RowwiseParallel,
    parallelize_module,
)

dist.init_process_group("gloo")
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
parallelize_module(net, mesh, {"0": ColwiseParallel(), "2": RowwiseParallel()})
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(0)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    adam.step()
dist.destroy_process_group()
