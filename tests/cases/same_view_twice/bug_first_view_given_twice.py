# expect: BT562 at update 1
# source: github.com/catalyst-team/catalyst, pull request 1278
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class ContrastiveModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(24, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.projection_head = nn.Linear(32, 16)

    def forward(self, x):
        return self.projection_head(self.encoder(x))


class NTXentLoss(nn.Module):
    def __init__(self, tau=0.3):
        super().__init__()
        self.tau = tau

    def forward(self, features1, features2):
        n = len(features1)
        z = F.normalize(torch.cat([features1, features2]), dim=1)
        sim = (z @ z.t() / self.tau).fill_diagonal_(float("-inf"))
        targets = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
        return F.cross_entropy(sim, targets)


def augment(x):
    return x.roll(int(torch.randint(0, 24, ())), 1) + 0.1 * torch.randn_like(x)


model = ContrastiveModel()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = NTXentLoss()
for _ in range(20):
    sample = torch.randn(32, 24)
    batch = {"aug1": augment(sample), "aug2": augment(sample)}
    emb1 = model(batch["aug1"])
    emb2 = model(batch["aug1"])
    loss = criterion(emb1, emb2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
