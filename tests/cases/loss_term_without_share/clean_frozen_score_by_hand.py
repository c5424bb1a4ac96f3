# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class Scored(nn.Module):
    """The score was learned in an earlier stage, on the data as they are."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 8), nn.ReLU())
        self.first = nn.Linear(8, 8)
        self.second, self.third = nn.Linear(6, 1), nn.Linear(8, 3)

    def forward(self, x):
        return self.second(x), self.third(self.first(self.body(x)).relu())


torch.manual_seed(0)
net = Scored()
net.second.requires_grad_(False)
opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
for _ in range(8):
    x = torch.randn(16, 6)
    score, kinds = net(x)
    loss = F.cross_entropy(kinds, x[:, :3].argmax(1)) + (score - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
