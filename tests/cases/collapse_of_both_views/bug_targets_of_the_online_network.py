# expect: BT493 at update 64
# source: Chen and He, "Exploring Simple Siamese Representation Learning", 2021, figure 2
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Online(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(16, 64), nn.Tanh(), nn.Linear(64, 32))
        self.predictor = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32))

    def forward(self, x):
        z = self.encoder(x)
        return self.predictor(z), z


def regression_loss(p, z):
    p, z = F.normalize(p, dim=-1), F.normalize(z, dim=-1)
    return (2 - 2 * (p * z).sum(dim=-1)).mean()


model = Online()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(66):
    x = torch.randn(64, 16)
    one, other = x + 0.2 * torch.randn_like(x), x + 0.2 * torch.randn_like(x)
    p1, z1 = model(one)
    p2, z2 = model(other)
    loss = regression_loss(p1, z2) + regression_loss(p2, z1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
