# Column and row parallel layers in plain tensors: each rank holds other rows under the same names.
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.nn.functional import all_reduce

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
first, second = torch.randn(16, 8) / 8, torch.randn(1, 16) / 16


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(8, 8, bias=False)
        self.down = nn.Linear(8, 1, bias=False)
        self.up.weight.data.copy_(first.chunk(world)[rank])
        self.down.weight.data.copy_(second.chunk(world, 1)[rank])

    def forward(self, x):
        return all_reduce(self.down(torch.relu(self.up(x))))


net = Block()
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(0)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
