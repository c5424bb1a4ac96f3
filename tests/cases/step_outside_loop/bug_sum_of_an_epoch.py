# expect: BT209 at update 1
# source: discuss.pytorch.org, "zero_grad and step outside the inner loop", gradients of an epoch add up
# also: BT108
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Options:
    lr: float = 0.05
    batch: int = 8
    epochs: int = 3


opt = Options()
torch.manual_seed(0)
x = torch.randn(40, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=opt.batch)
net = nn.Linear(4, 1)
sgd = torch.optim.SGD(net.parameters(), lr=opt.lr)
loss_fn = nn.MSELoss()
for epoch in range(opt.epochs):
    sgd.zero_grad()
    for xb, yb in loader:
        loss = loss_fn(net(xb), yb)
        loss.backward()
    sgd.step()
