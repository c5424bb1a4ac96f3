# The group that the wrapper is given holds the ranks of a stage, and each stage has one rank here.
# expect: BT701 BT702 update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
alone = [dist.new_group([each]) for each in range(world)]  # of the tensor-parallel ranks
alike = dist.new_group(list(range(world)))  # of the ranks that hold the same
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
model = DistributedDataParallel(net, process_group=alone[rank])  # bug
# fix: model = DistributedDataParallel(net, process_group=alike)
sgd = torch.optim.SGD(model.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
