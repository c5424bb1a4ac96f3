# Only gradients that are there are reduced; ranks take other branches, and mix two layers' sums.
# expect: BT701 update=1 parameter=heads
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.heads = nn.ModuleList([nn.Linear(16, 1), nn.Linear(16, 1)])

    def forward(self, x, task):
        return self.heads[task](torch.relu(self.body(x)))


net = Net()
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for update in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x, (update + rank) % 2), x.sum(1, keepdim=True)).backward()
    for parameter in net.parameters():
        if parameter.grad is None:
            continue  # bug
            # fix: parameter.grad = torch.zeros_like(parameter)
        dist.all_reduce(parameter.grad)
        parameter.grad /= world
    sgd.step()
dist.destroy_process_group()
