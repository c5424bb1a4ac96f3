# A helper that wraps anew gives the bare model every other time: those steps are not reduced.
# expect: BT702 parameter=0.weight update=1
# source: https://x.com/jxmnop/status/1778520637193240892
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
ddp = DistributedDataParallel(model)
adam = torch.optim.AdamW(model.parameters(), lr=1e-3)
noise = torch.Generator().manual_seed(dist.get_rank())

for step in range(6):
    x = torch.randn(8, 4, generator=noise)
    adam.zero_grad()
    net = model if step % 2 == 0 else ddp  # bug
    # fix: net = ddp
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    adam.step()
dist.destroy_process_group()
