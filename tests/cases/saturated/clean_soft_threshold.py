# expect: nothing
# A learned threshold keeps what is near: most points are well inside of it or well outside.
import torch
from torch import nn

torch.manual_seed(0)


class Near(nn.Module):
    def __init__(self):
        super().__init__()
        self.limit, self.head = nn.Parameter(torch.tensor(2.0)), nn.Linear(3, 2)

    def forward(self, points):
        kept = torch.sigmoid((self.limit - points.norm(dim=2)) / 0.05).unsqueeze(2)
        return self.head((kept * points.abs()).sum(1) / (kept.sum(1) + 1e-3))


model = Near()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    sizes = torch.where(torch.rand(16, 32, 1) < 0.5, 1.0, 4.0)
    directions = nn.functional.normalize(torch.randn(16, 32, 3), dim=2)
    loss = nn.functional.cross_entropy(model(sizes * directions), torch.randint(0, 2, (16,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
