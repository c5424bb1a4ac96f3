# zero_grad slipped under the branch that logs: the other rank goes on adding.
# expect: BT101 BT701 update=2 rank=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
logged = []
for _ in range(8):
    x = torch.randn(16, 8, generator=noise)
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    adam.step()
    if rank == 0:
        logged.append(loss.item())
        adam.zero_grad()  # bug
    # fix: adam.zero_grad()
dist.destroy_process_group()
