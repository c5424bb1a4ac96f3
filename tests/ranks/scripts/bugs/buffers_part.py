# BatchNorm under broadcast_buffers=False: the running statistics of the ranks part.
# expect: BT707 parameter=running_mean update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
net = DistributedDataParallel(body, broadcast_buffers=False)  # bug
# fix: net = DistributedDataParallel(body)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise) + rank
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
net.eval()
with torch.no_grad():
    print(rank, net(torch.ones(2, 8)).sum().item())
dist.destroy_process_group()
