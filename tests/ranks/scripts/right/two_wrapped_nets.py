# A GAN: two wrapped nets, two optimizers, two steps an iteration.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
maker = DistributedDataParallel(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)))
judge = DistributedDataParallel(
    nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1)), broadcast_buffers=False
)
makes = torch.optim.Adam(maker.parameters(), lr=0.002, betas=(0.5, 0.999))
judges = torch.optim.Adam(judge.parameters(), lr=0.002, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    real = torch.randn(16, 2, generator=noise) * 0.5 + 1
    fake = maker(torch.randn(16, 4, generator=noise))
    judges.zero_grad()
    both = torch.cat([real, fake.detach()])
    labels = torch.cat([torch.ones(16, 1), torch.zeros(16, 1)])
    bce(judge(both), labels).backward()
    judges.step()
    makes.zero_grad()
    bce(judge(fake), torch.ones(16, 1)).backward()
    makes.step()
dist.destroy_process_group()
