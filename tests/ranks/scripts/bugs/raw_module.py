# A helper computes the loss with the module inside DistributedDataParallel: nothing is reduced.
# expect: BT702 parameter=0.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)


def training_loss(model):
    x = torch.randn(16, 8, generator=noise)
    return nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))


for _ in range(6):
    sgd.zero_grad()
    loss = training_loss(net.module)  # bug
    # fix: loss = training_loss(net)
    loss.backward()
    sgd.step()
dist.destroy_process_group()
