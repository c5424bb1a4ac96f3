# Data parallelism by hand: the seed has the rank in it, and nobody broadcasts the first weights.
# expect: BT701 parameter=0.weight update=1
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(1234 + rank)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
# fix: for parameter in net.parameters():
# fix:     dist.broadcast(parameter.data, 0)
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(16, 8)
    adam.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    for parameter in net.parameters():
        dist.all_reduce(parameter.grad, op=dist.ReduceOp.SUM)
        parameter.grad.div_(world)
    adam.step()
dist.destroy_process_group()
