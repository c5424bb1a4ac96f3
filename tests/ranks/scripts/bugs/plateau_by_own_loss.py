# ReduceLROnPlateau is given the loss of the rank, not the mean over ranks.
# expect: BT701 update=4
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, patience=0, factor=0.1)
noise = torch.Generator().manual_seed(rank)
for update in range(8):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    sgd.step()
    measured = torch.tensor(4.0 - update + (3.0 if rank == 1 and update == 2 else 0.0))
    # fix: dist.all_reduce(measured)
    plateau.step(measured.item())
dist.destroy_process_group()
