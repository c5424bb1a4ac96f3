# FSDP1, each block in a flat tensor of its own, in bfloat16, with accumulation and a scheduler.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.fsdp import FullyShardedDataParallel, MixedPrecision
from torch.distributed.fsdp.wrap import ModuleWrapPolicy

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
blocks = [nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8), nn.GELU()) for _ in range(2)]
model = FullyShardedDataParallel(
    nn.Sequential(*blocks),
    auto_wrap_policy=ModuleWrapPolicy({nn.Sequential}),
    mixed_precision=MixedPrecision(param_dtype=torch.bfloat16),
    device_id=torch.device("cpu"),
)
adam = torch.optim.AdamW(model.parameters(), lr=0.01)
warmup = torch.optim.lr_scheduler.LinearLR(adam, 0.5, total_iters=3)
noise = torch.Generator().manual_seed(rank)
for _ in range(5):
    adam.zero_grad()
    for _ in range(2):
        x = torch.randn(16, 8, generator=noise)
        (nn.functional.mse_loss(model(x).float(), x.relu()) / 2).backward()
    model.clip_grad_norm_(1.0)
    adam.step()
    warmup.step()
dist.destroy_process_group()
