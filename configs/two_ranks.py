"""Two ranks train a line on five points: rank 0 has three of them, rank 1 two.

backtrace run --nproc 2 configs/two_ranks.py
"""

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

if dist.is_torchelastic_launched():
    dist.init_process_group("gloo")
else:  # one process by itself, as under `python configs/two_ranks.py`
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
rank = dist.get_rank()

x = torch.tensor([[1.0], [2.0], [3.0], [4.0], [5.0]])
y = torch.tensor([[1.5], [2.5], [3.5], [4.5], [5.5]])
mine = slice(0, 3) if rank == 0 else slice(3, 5)

line = nn.Linear(1, 1)
with torch.no_grad():
    line.weight.fill_(-0.2505)
    line.bias.fill_(0.9166)
model = DistributedDataParallel(line)
sgd = torch.optim.SGD(model.parameters(), lr=0.01)

for _ in range(2):
    sgd.zero_grad()
    loss = nn.functional.mse_loss(model(x[mine]), y[mine])
    loss.backward()
    sgd.step()

dist.destroy_process_group()
