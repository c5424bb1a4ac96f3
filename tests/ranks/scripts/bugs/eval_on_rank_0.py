# Rank 0 validates after the first epoch, and trains on in eval mode: no dropout, no new statistics.
# expect: BT305 update=5
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1)
)
model = DistributedDataParallel(net)
sgd = torch.optim.SGD(model.parameters(), lr=0.05)
torch.manual_seed(rank)
held = torch.randn(64, 8, generator=torch.Generator().manual_seed(9))
for epoch in range(3):
    for _ in range(4):
        x = torch.randn(16, 8)
        sgd.zero_grad()
        nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
        sgd.step()
    if rank == 0 and epoch < 2:
        net.eval()
        with torch.no_grad():
            nn.functional.mse_loss(net(held), held.sum(1, keepdim=True)).item()
        # fix: net.train()
    dist.barrier()
dist.destroy_process_group()
