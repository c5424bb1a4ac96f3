# expect: nothing
import torch
from torch import nn


class Pixels(nn.Module):
    """Self-attention over pixels, the values first, as in SAGAN; and pooling into clusters."""

    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (nn.Conv2d(4, 4, 1) for _ in range(3))
        self.assign = nn.Linear(4, 3)

    def forward(self, x):
        q, k, v = (each(x).flatten(2) for each in (self.q, self.k, self.v))
        weights = torch.bmm(q.transpose(1, 2), k).softmax(dim=-1)
        mixed = torch.bmm(v, weights.transpose(1, 2)).transpose(1, 2)
        clusters = self.assign(mixed).softmax(dim=-1)
        return torch.bmm(clusters.transpose(1, 2), mixed)


torch.manual_seed(0)
net = Pixels()
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(8, 4, 5, 5)
    loss = (net(x).mean(1) - x.mean((2, 3))).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
