# expect: nothing
import torch
from torch import nn

config = {"lr": 0.05, "weight_decay": 0.01, "momentum": 0.9}

torch.manual_seed(1)
net = nn.Linear(6, 2)
opt = torch.optim.SGD(
    net.parameters(),
    lr=config["lr"],
    momentum=config.get("momentum", 0.0),
    weight_decay=config.get("weight_decay", 0.0),
)
for _ in range(6):
    x = torch.randn(16, 6)
    opt.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
    opt.step()
