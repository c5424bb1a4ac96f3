# The whole loop stands inside no_sync: no gradient is ever reduced.
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
for _ in range(5):
    sgd.zero_grad()
    for part in range(2):  # noqa: B007  used where it is mended
        x = torch.randn(8, 8, generator=noise)
        net.require_backward_grad_sync = False  # bug
        # fix: net.require_backward_grad_sync = part == 1
        (nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / 2).backward()
    sgd.step()
dist.destroy_process_group()
