# A replicated DTensor is made local for each rank's own rows: its gradients are taken as equal.
# expect: BT701 BT702 update=1 parameter=scale
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, distribute_tensor
from torch.distributed.tensor.placement_types import Partial

dist.init_process_group("gloo")
rank = dist.get_rank()
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
torch.manual_seed(0)
mean = [Partial("avg")]


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(distribute_tensor(torch.rand(8, 4), mesh, [Replicate()]))
        self.shift = nn.Parameter(distribute_tensor(torch.zeros(4), mesh, [Replicate()]))

    def forward(self, x):
        scale = self.scale.to_local()  # bug
        shift = self.shift.to_local()  # bug
        # fix: scale = self.scale.to_local(grad_placements=mean)
        # fix: shift = self.shift.to_local(grad_placements=mean)
        return x @ scale + shift


net = Scaled()
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :4] * 2 + 1).backward()
    sgd.step()
dist.destroy_process_group()
