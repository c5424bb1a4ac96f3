# scheduler.step() stands in the block of rank 0 that logs.
# expect: BT701 update=4
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(adam, step_size=3, gamma=0.5)
noise = torch.Generator().manual_seed(rank)
for _ in range(8):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    adam.step()
    # fix: scheduler.step()
    if rank == 0:
        scheduler.step()  # bug
        print(loss.item())
dist.destroy_process_group()
