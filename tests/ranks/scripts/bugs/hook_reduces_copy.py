# Hooks of the user's reduce a copy of each gradient, and do not give it back.
# expect: BT702 update=1 parameter=0.weight
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))


def average(grad):
    mean = grad.clone()
    dist.all_reduce(mean)
    mean /= world
    # fix: return mean


for parameter in net.parameters():
    parameter.register_hook(average)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
