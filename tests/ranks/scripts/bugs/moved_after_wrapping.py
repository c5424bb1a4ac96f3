# The wrapped model is moved to another dtype and back: the wrapper's hooks are gone.
# expect: BT702 parameter=0.weight update=1
# source: https://github.com/pytorch/pytorch/issues/104336
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)))
net.double()  # bug
net.float()  # bug
sgd = torch.optim.SGD(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(dist.get_rank())

for _ in range(5):
    x = torch.randn(8, 4, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
