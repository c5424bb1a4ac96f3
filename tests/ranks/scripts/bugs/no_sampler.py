# The loader shuffles with the seed that all ranks share: each rank trains on the same batches.
# expect: BT703 update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset

# fix: from torch.utils.data import DistributedSampler

dist.init_process_group("gloo")
torch.manual_seed(0)
x = torch.randn(128, 8)
data = TensorDataset(x, x.sum(1, keepdim=True))
loader = DataLoader(data, batch_size=16, shuffle=True)  # bug
# fix: loader = DataLoader(data, batch_size=16, sampler=DistributedSampler(data))
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(2):  # noqa: B007  used where it is mended
    # fix: loader.sampler.set_epoch(epoch)
    for inputs, targets in loader:
        sgd.zero_grad()
        nn.functional.mse_loss(net(inputs), targets).backward()
        sgd.step()
dist.destroy_process_group()
