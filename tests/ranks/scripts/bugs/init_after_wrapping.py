# The layers are initialized anew after the wrapper's broadcast, by a seed with the rank in it.
# expect: BT701 parameter=0.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(100 + rank)


def initialize(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
# fix: net.apply(initialize)
net = DistributedDataParallel(net)
net.apply(initialize)  # bug
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(16, 8)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
