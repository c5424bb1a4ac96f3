# expect: nothing
# get_batch without a DataLoader, a loss written by hand, micro-batches in an inner loop.
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    micro_steps: int = 3
    batch: int = 6
    iters: int = 4
    lr: float = 3e-3


def get_batch(config):
    x = torch.rand(config.batch, 2) * 2 - 1
    return x, (x[:, :1] * x[:, 1:]).sin()


cfg = Config()
torch.manual_seed(1337)
net = nn.Sequential(nn.Linear(2, 24), nn.SiLU(), nn.Linear(24, 1))
opt = torch.optim.SGD(net.parameters(), lr=cfg.lr)

iter_num = 0
while iter_num < cfg.iters:
    for micro in range(cfg.micro_steps):
        X, Y = get_batch(cfg)
        loss = ((net(X) - Y) ** 2).mean()
        loss = loss / cfg.micro_steps
        loss.backward()
    opt.step()
    opt.zero_grad(set_to_none=True)
    iter_num += 1
