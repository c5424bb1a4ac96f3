# An IterableDataset that each rank reads from its own place, with dropout seeds that differ.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, IterableDataset

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()


class Stream(IterableDataset):
    def __iter__(self):
        noise = torch.Generator().manual_seed(5)
        for index in range(128):
            x = torch.randn(8, generator=noise)
            if index % world == rank:
                yield x, x.sum(0, keepdim=True)


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1))
net = DistributedDataParallel(net)
torch.manual_seed(1 + rank)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(2):
    for inputs, targets in DataLoader(Stream(), batch_size=8):
        sgd.zero_grad()
        nn.functional.mse_loss(net(inputs), targets).backward()
        sgd.step()
dist.destroy_process_group()
