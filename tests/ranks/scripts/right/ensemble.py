# Each rank trains a member of an ensemble: its own seed, rate and data; results are gathered.
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(rank)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
adam = torch.optim.Adam(net.parameters(), lr=0.01 / (1 + rank))
for _ in range(6):
    x = torch.randn(16, 8)
    adam.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    loss.backward()
    adam.step()
losses = [torch.zeros(()) for _ in range(world)]
dist.all_gather(losses, loss.detach())
dist.destroy_process_group()
