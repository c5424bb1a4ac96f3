# Ranks take other branches in the same update, and find_unused_parameters is set for it.
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)


class Routed(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.experts = nn.ModuleList([nn.Linear(16, 1), nn.Linear(16, 1)])

    def forward(self, x, which):
        return self.experts[which](torch.relu(self.body(x)))


net = DistributedDataParallel(Routed(), find_unused_parameters=True)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for update in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x, (update // 2 + rank) % 2), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
