# DistributedSampler without set_epoch: every epoch has the order of the first.
# expect: BT713
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

dist.init_process_group("gloo")
torch.manual_seed(0)
x = torch.randn(128, 8)
data = TensorDataset(x, x.sum(1, keepdim=True))
sampler = DistributedSampler(data, shuffle=True)
loader = DataLoader(data, batch_size=16, sampler=sampler)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(3):  # noqa: B007  used where it is mended
    # fix: sampler.set_epoch(epoch)
    for inputs, targets in loader:
        adam.zero_grad()
        nn.functional.mse_loss(net(inputs), targets).backward()
        adam.step()
dist.destroy_process_group()
