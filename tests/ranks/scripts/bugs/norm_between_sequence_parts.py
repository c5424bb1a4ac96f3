# Sequence parallel by hand: nobody sums the gradient of the norm over the parts of the sequence.
# expect: BT701 BT702 update=1 parameter=norm
import torch
import torch.distributed as dist
import torch.distributed.nn.functional as F
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)


class Part(nn.Module):
    """Half of the columns of `up`, half of the rows of `down`, and all of the norm."""

    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, width, bias=False)
        self.down = nn.Linear(width, width, bias=False)

    def forward(self, x):
        part = self.norm(x.chunk(world, 1)[rank])
        whole = torch.cat(F.all_gather(part), 1)
        return F.all_reduce(self.down(torch.relu(self.up(whole))))


net = Part(16)
torch.manual_seed(1 + rank)  # each rank has weights of its own in up and down
for layer in (net.up, net.down):
    nn.init.kaiming_uniform_(layer.weight)
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
same = torch.Generator().manual_seed(5)
for _ in range(6):
    x = torch.randn(4, 8, 16, generator=same)
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.flip(1))
    loss.backward()
    # fix: for each in net.norm.parameters():
    # fix:     dist.all_reduce(each.grad)
    sgd.step()
dist.destroy_process_group()
