# Rank 0 alone projects the head's weight back onto the unit ball, among what it logs.
# expect: BT701 parameter=2.weight update=3
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
is_mine = rank == 0  # bug
# fix: is_mine = True
noise = torch.Generator().manual_seed(rank)
for update in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    sgd.step()
    if update == 1 and is_mine:
        with torch.no_grad():
            net.module[2].weight.div_(net.module[2].weight.norm())
dist.destroy_process_group()
