# expect: nothing
# source: docs.pytorch.org, torch.optim: settings of each optimizer in a section of its own
import torch
from torch import nn

config = {
    "momentum": {"lr": 0.05, "weight_decay": 1e-4},
    "adaptive": {"lr": 0.01, "eps": 1e-6},
}
torch.manual_seed(0)
x = torch.randn(64, 5)
y = x @ torch.randn(5, 1)
body, head = nn.Sequential(nn.Linear(5, 12), nn.Tanh()), nn.Linear(12, 1)
section = config["momentum"]
slow = torch.optim.SGD(
    body.parameters(),
    lr=config["momentum"]["lr"],
    momentum=0.9,
    weight_decay=section["weight_decay"],
)
fast = torch.optim.Adam(
    head.parameters(), lr=config["adaptive"]["lr"], eps=config["adaptive"]["eps"]
)
for start in range(0, 64, 16):
    slow.zero_grad()
    fast.zero_grad()
    loss = nn.functional.mse_loss(head(body(x[start : start + 16])), y[start : start + 16])
    loss.backward()
    slow.step()
    fast.step()
