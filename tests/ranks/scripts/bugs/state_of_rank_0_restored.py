# The checkpoint holds the random state of rank 0 alone: after it is read, all ranks draw alike.
# expect: BT703 update=4
import copy

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
net = DistributedDataParallel(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)))
sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
torch.manual_seed(100 + rank)


def train(updates):
    for _ in range(updates):
        x = torch.randn(16, 8)
        sgd.zero_grad()
        nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
        sgd.step()


train(3)
kept = copy.deepcopy(net.module.state_dict())
saved = [{"net": kept, "sgd": sgd.state_dict(), "rng": torch.get_rng_state()}]
dist.broadcast_object_list(saved, src=0)
net.module.load_state_dict(saved[0]["net"])
sgd.load_state_dict(saved[0]["sgd"])
torch.set_rng_state(saved[0]["rng"])  # bug
train(5)
dist.destroy_process_group()
