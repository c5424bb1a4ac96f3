# Each rank takes its half of an order that it draws itself: rows are seen twice, others never.
# expect: update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Subset, TensorDataset

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
x = torch.randn(128, 8)
data = TensorDataset(x, x.sum(1, keepdim=True))
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
torch.manual_seed(rank)  # bug
order = torch.randperm(len(data)).tolist()
loader = DataLoader(Subset(data, order[rank::world]), batch_size=16)
for _ in range(2):
    for inputs, targets in loader:
        sgd.zero_grad()
        nn.functional.mse_loss(net(inputs), targets).backward()
        sgd.step()
dist.destroy_process_group()
