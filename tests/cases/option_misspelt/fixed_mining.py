# expect: nothing
import torch
from torch import nn


class Triplets(nn.Module):
    def __init__(self, margin=0.5, mining="semihard"):
        super().__init__()
        self.margin, self.mining = margin, mining

    def forward(self, anchor, positive, negative):
        near = (anchor - positive).pow(2).sum(1)
        far = (anchor - negative).pow(2).sum(1)
        losses = (near - far + self.margin).relu()
        if self.mining == "hard":
            losses = losses[far < near]
        elif self.mining == "semihard":
            losses = losses[(far >= near) & (far < near + self.margin)]
        return losses.mean() if len(losses) else anchor.sum() * 0


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = Triplets()
for _ in range(6):
    x = torch.randn(64, 8)
    optimizer.zero_grad()
    criterion(net(x), net(x + 0.1 * torch.randn_like(x)), net(x.roll(1, 0))).backward()
    optimizer.step()
