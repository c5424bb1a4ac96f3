# expect: nothing
# source: github.com/pytorch/pytorch, issue 9046
# A method freezes the body that has learned, and its norms rest.
import torch
from torch import nn


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())

    def freeze_body(self):
        for p in self.body.parameters():
            p.requires_grad = False
        self.body.eval()

    def forward(self, x):
        return self.body(x)


torch.manual_seed(0)
net, first, second = Features(), nn.Linear(16, 2), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*net.parameters(), *first.parameters()], lr=5e-3)
for _ in range(6):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(first(net(x)), (x[:, 0] > 0).long()).backward()
    optimizer.step()
net.freeze_body()
optimizer = torch.optim.Adam(second.parameters(), lr=5e-3)
for _ in range(14):
    x = 3 * torch.randn(32, 8) + 1
    optimizer.zero_grad()
    nn.functional.cross_entropy(second(net(x)), x[:, :3].argmax(1)).backward()
    optimizer.step()
