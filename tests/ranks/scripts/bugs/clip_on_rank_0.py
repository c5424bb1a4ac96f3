# Clipping stands inside the block that logs on rank 0.
# expect: BT705 rank=0 update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1)))
adam = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    # fix: norm = nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    if rank == 0:
        norm = nn.utils.clip_grad_norm_(net.parameters(), 0.5)  # bug
        print(f"loss {loss.item():.4f} norm {norm.item():.4f}")
    adam.step()
dist.destroy_process_group()
