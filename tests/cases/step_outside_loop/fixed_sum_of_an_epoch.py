# expect: nothing
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
    for xb, yb in loader:
        sgd.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        sgd.step()
