# All ranks draw the same dropout masks: the generators stand at the same place everywhere.
# expect: update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 1))
net = DistributedDataParallel(body)
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
torch.manual_seed(0)  # bug
# fix: torch.manual_seed(1 + rank)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
