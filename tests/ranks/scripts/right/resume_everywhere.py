# Rank 0 reads the checkpoint and sends it; every rank loads weights and optimizer.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(rank)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
box = [{"net": net.state_dict(), "adam": adam.state_dict()} if rank == 0 else None]
dist.broadcast_object_list(box, 0)
net.load_state_dict(box[0]["net"])
adam.load_state_dict(box[0]["adam"])
net = DistributedDataParallel(net)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    adam.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    adam.step()
dist.destroy_process_group()
