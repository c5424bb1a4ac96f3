# Ranks have batches of other sizes; the summed loss is divided by the number of all ranks' tokens.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Embedding(20, 16), nn.Linear(16, 20)))
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    length = int(torch.randint(5, 30, (), generator=noise))
    tokens = torch.randint(0, 20, (4, length), generator=noise)
    adam.zero_grad()
    logits = net(tokens[:, :-1])
    loss = nn.functional.cross_entropy(
        logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="sum"
    )
    count = torch.tensor(float(tokens[:, 1:].numel()))
    dist.all_reduce(count)
    (loss * world / count).backward()
    adam.step()
dist.destroy_process_group()
