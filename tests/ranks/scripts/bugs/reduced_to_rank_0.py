# dist.reduce brings the sum to rank 0 only; the others step by what they have.
# expect: BT701 parameter=0.weight update=1
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    for parameter in net.parameters():
        dist.reduce(parameter.grad, 0)
    for parameter in net.parameters():
        parameter.grad.div_(world)
        # fix: dist.broadcast(parameter.grad, 0)
    sgd.step()
dist.destroy_process_group()
