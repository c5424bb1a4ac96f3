# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
alpha = 0.3
centres = torch.randn(5, 8) * 2


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))

    def forward(self, x):
        return nn.functional.normalize(self.layers(x), dim=1)


def triplet_loss(anchor, positive, negative):
    near = (anchor - positive).pow(2).sum(1)
    far = (anchor - negative).pow(2).sum(1)
    loss = near - far + alpha
    return loss.clamp(min=0).mean()


model = Embedder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(80):
    label = torch.randint(0, 5, (48,))
    other = (label + torch.randint(1, 5, (48,))) % 5
    a, p, n = (model(centres[each] + torch.randn(48, 8)) for each in (label, label, other))
    loss = triplet_loss(a, p, n)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
