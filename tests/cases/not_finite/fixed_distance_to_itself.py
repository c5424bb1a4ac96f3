# expect: nothing
# source: pytorch/pytorch issues on the gradient of sqrt and norm at zero; torch.linalg.vector_norm, PyTorch docs
import torch
from torch import nn

torch.manual_seed(0)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))

    def forward(self, x):
        return self.body(x)


net = Embedder()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(3):
    points = torch.randn(10, 6)
    z = net(points)
    squares = (z[:, None] - z[None]).pow(2).sum(-1)
    distances = torch.sqrt(squares + 1e-8)
    loss = (distances - 1.0).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
