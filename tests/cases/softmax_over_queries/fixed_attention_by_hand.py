# expect: nothing
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, 2)

    def forward(self, x):
        scores = self.q(x) @ self.k(x).transpose(1, 2) / x.shape[-1] ** 0.5
        weights = torch.softmax(scores, dim=-1)
        return self.out((weights @ self.v(x)).mean(1))


torch.manual_seed(0)
net = Attention(8)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(16, 5, 8)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0, 0] > 0).long())
    opt.zero_grad()
    loss.backward()
    opt.step()
