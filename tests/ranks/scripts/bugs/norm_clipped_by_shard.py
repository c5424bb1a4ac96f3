# Tensor parallelism by hand: each rank clips by a norm with its own shard in it, and so the layer
# norm, which all ranks hold whole, parts (as in the training of BLOOM).
# expect: BT701 parameter=norm.weight update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.nn.functional import all_reduce

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
full = torch.randn(16, 8) / 8


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.up = nn.Linear(8, 8, bias=False)
        self.up.weight.data.copy_(full.chunk(world)[rank])

    def forward(self, x):
        return all_reduce(torch.relu(self.up(self.norm(x))).sum(1, keepdim=True))


net = Net()
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
noise = torch.Generator().manual_seed(0)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    for parameter in net.norm.parameters():
        dist.all_reduce(parameter.grad)
    square = net.up.weight.grad.norm() ** 2
    # fix: dist.all_reduce(square)
    norm = (square + sum(each.grad.norm() ** 2 for each in net.norm.parameters())).sqrt()
    for parameter in net.parameters():
        parameter.grad.mul_(min(1.0, 0.5 / norm.item()))
    sgd.step()
dist.destroy_process_group()
