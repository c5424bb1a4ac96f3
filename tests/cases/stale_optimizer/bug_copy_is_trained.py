# expect: BT202 at update 1
# source: discuss.pytorch.org, "Deep copying a model and training the copy does nothing"
# also: BT104
import copy

import torch
from torch import nn

torch.manual_seed(0)


def setup():
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    return net, opt


base, opt = setup()
worker = copy.deepcopy(base)

for _ in range(4):
    x = torch.rand(10, 4)
    target = x.prod(dim=1, keepdim=True)
    loss = torch.nn.functional.mse_loss(worker(x), target)
    worker.zero_grad()
    loss.backward()
    opt.step()
