# Local SGD: ranks step by themselves, and take the mean of their weights every third update.
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for update in range(9):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
    if update % 3 == 2:
        with torch.no_grad():
            for parameter in net.parameters():
                dist.all_reduce(parameter)
                parameter.div_(world)
dist.destroy_process_group()
