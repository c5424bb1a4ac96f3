# The best checkpoint is chosen by the accuracy on the part that rank 0 evaluates.
# expect: rank=0
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
x = torch.randn(128, 8)
data = TensorDataset(x, (x.sum(1) > 0).long())
train, test = torch.utils.data.random_split(data, [96, 32])
sampler = DistributedSampler(train)
loader = DataLoader(train, batch_size=8, sampler=sampler)
tester = DataLoader(test, batch_size=8, sampler=DistributedSampler(test, shuffle=False))
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
best = 0.0
for epoch in range(2):
    sampler.set_epoch(epoch)
    net.train()
    for inputs, targets in loader:
        adam.zero_grad()
        nn.functional.cross_entropy(net(inputs), targets).backward()
        adam.step()
    net.eval()
    right = torch.zeros(())
    with torch.no_grad():
        for inputs, targets in tester:
            right += (net(inputs).argmax(1) == targets).sum()
    # fix: dist.all_reduce(right)
    if rank == 0 and right.item() > best:
        best, kept = right.item(), {name: each.clone() for name, each in net.state_dict().items()}
dist.destroy_process_group()
