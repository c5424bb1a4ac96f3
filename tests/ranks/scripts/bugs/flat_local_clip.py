# expect: BT712 update=1
# FSDP1: torch's clip_grad_norm_ takes the norm of this rank's pieces, not of the whole gradient.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.fsdp import FullyShardedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
model = FullyShardedDataParallel(net, device_id=torch.device("cpu"), use_orig_params=True)
adam = torch.optim.AdamW(model.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(4):
    adam.zero_grad()
    x = torch.randn(16, 8, generator=noise)
    nn.functional.mse_loss(model(x), x[:, :2]).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)  # bug
    # fix: model.clip_grad_norm_(0.1)
    adam.step()
dist.destroy_process_group()
