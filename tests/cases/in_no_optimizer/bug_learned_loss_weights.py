# expect: BT201 at update 1
# source: Kendall et al. 2018, "Multi-task learning using uncertainty"; GitHub issues of its ports
import torch
from torch import nn


class UncertaintyLoss(nn.Module):
    """Weighs the tasks by learned variances."""

    def __init__(self, tasks):
        super().__init__()
        self.log_vars = nn.Parameter(torch.zeros(tasks))

    def forward(self, losses):
        weights = torch.exp(-self.log_vars)
        return (weights * torch.stack(losses) + self.log_vars).sum()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 12), nn.ReLU())
        self.depth = nn.Linear(12, 1)
        self.label = nn.Linear(12, 3)

    def forward(self, x):
        h = self.body(x)
        return self.depth(h), self.label(h)


torch.manual_seed(0)
net, weigh = Net(), UncertaintyLoss(2)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for it in range(5):
    x = torch.randn(8, 6)
    depth, label = net(x)
    losses = [
        nn.functional.mse_loss(depth, x[:, :1]),
        nn.functional.cross_entropy(label, x[:, :3].argmax(1)),
    ]
    total = weigh(losses)
    opt.zero_grad()
    total.backward()
    opt.step()
