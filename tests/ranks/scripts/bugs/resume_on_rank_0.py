# Only rank 0 loads the checkpoint, after the wrapper has broadcast the fresh weights.
# expect: BT701 parameter=0.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(7)
saved = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)).state_dict()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
if rank == 0:  # bug
    net.module.load_state_dict(saved)  # bug
# fix: net.module.load_state_dict(saved)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
