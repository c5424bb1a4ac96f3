# A moving average on every rank by AveragedModel, and a frozen teacher that all ranks share.
import copy

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)))
teacher = copy.deepcopy(net.module).requires_grad_(False).eval()
average = AveragedModel(net.module, multi_avg_fn=get_ema_multi_avg_fn(0.9))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    with torch.no_grad():
        wanted = teacher(x + 1).softmax(1)
    sgd.zero_grad()
    nn.functional.kl_div(net(x).log_softmax(1), wanted, reduction="batchmean").backward()
    sgd.step()
    average.update_parameters(net.module)
dist.destroy_process_group()
