# expect: BT205 at update 1
# source: Transfer Learning for Computer Vision Tutorial, PyTorch tutorials
import torch
from torch import nn

torch.manual_seed(0)


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(6, 12), nn.ReLU())
        self.classifier = nn.Linear(12, 3)

    def forward(self, x):
        return self.classifier(self.features(x))


n = N()
for p in n.features.parameters():
    p.requires_grad = False
o = torch.optim.Adam(n.features.parameters(), 0.001)
for _ in range(4):
    x, y = (torch.randn(8, 6), torch.randint(0, 3, (8,)))
    o.zero_grad()
    nn.functional.cross_entropy(n(x), y).backward()
    o.step()
