# The thawed layer goes into the optimizer of rank 0 alone, under the branch that says so.
# expect: BT201 BT701 rank=1 parameter=0
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.module[2].parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for update in range(8):
    is_told = rank == 0  # bug
    # fix: is_told = True
    if update == 3 and is_told:
        print("the first layer is trained from here on")
        sgd.add_param_group({"params": net.module[0].parameters(), "lr": 0.005})
    x = torch.randn(16, 8, generator=noise)
    net.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
