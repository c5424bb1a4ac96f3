# expect: nothing
# A model that draws its own view of what it is given, in each call.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, x):
        return self.layers(x * (torch.rand_like(x) > 0.2) + 0.1 * torch.randn_like(x))


def nt_xent(z1, z2, tau=0.3):
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    similarity = (z @ z.t() / tau).fill_diagonal_(float("-inf"))
    return F.cross_entropy(similarity, torch.arange(len(z)).roll(len(z1)))


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(32, 16)
    z_i, z_j = model(x), model(x)
    loss = nt_xent(z_i, z_j)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
