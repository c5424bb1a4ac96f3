# find_unused_parameters=True silences the error about a head whose loss was left out.
# expect: BT204 BT201 parameter=aux update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.main = nn.Linear(16, 1)
        self.aux = nn.Linear(16, 1)

    def forward(self, x):
        hidden = torch.relu(self.body(x))
        return self.main(hidden), self.aux(hidden)


net = DistributedDataParallel(Net(), find_unused_parameters=True)
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
noise = torch.Generator().manual_seed(rank)
for _ in range(8):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    main, aux = net(x)
    loss = nn.functional.mse_loss(main, x.sum(1, keepdim=True))
    # fix: loss = loss + 0.3 * nn.functional.mse_loss(aux, x.prod(1, keepdim=True))
    loss.backward()
    sgd.step()
dist.destroy_process_group()
