# expect: nothing
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x, mask):
        h = self.first(x)
        looked_at = h * mask
        scaled = h * 2
        pooled = (h * mask).sum(1) / mask.sum(1)
        return self.head(pooled)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(16, 5, 8)
    mask = (torch.arange(5) < torch.randint(2, 6, (16, 1))).float().unsqueeze(-1)
    y = (x[:, 0, 0] > 0).long()
    loss = nn.functional.cross_entropy(model(x, mask), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
