# Rank 0 alone evaluates, by the module inside the wrapper, and saves a checkpoint.
import io

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
net = DistributedDataParallel(body)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
held_out = torch.randn(32, 8, generator=torch.Generator().manual_seed(9))
for update in range(8):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
    if update % 4 == 3:
        if rank == 0:
            net.module.eval()
            with torch.no_grad():
                print(nn.functional.mse_loss(net.module(held_out), held_out.sum(1, keepdim=True)))
            torch.save(net.module.state_dict(), io.BytesIO())
            net.module.train()
        dist.barrier()
dist.destroy_process_group()
