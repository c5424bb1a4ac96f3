# Weights are restored everywhere, the momentum of the optimizer on rank 0 only.
# expect: BT701 update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank = dist.get_rank()


def make():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    return net, torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)


net, sgd = make()
state = sgd.state_dict()
state["state"] = {
    index: {"momentum_buffer": torch.full_like(parameter, 0.1)}
    for index, parameter in enumerate(net.parameters())
}
net = DistributedDataParallel(net)
if rank == 0:  # bug
    sgd.load_state_dict(state)  # bug
# fix: sgd.load_state_dict(state)
noise = torch.Generator().manual_seed(rank)
for _ in range(6):
    x = torch.randn(16, 8, generator=noise)
    sgd.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    sgd.step()
dist.destroy_process_group()
