# expect: BT602 at update 3
# line: torch.softmax(self.score(x)
# source: discuss.pytorch.org, "Attention weights are all ones": a softmax over a dimension of size one
import torch
from torch import nn


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.score, self.out = nn.Linear(6, 1), nn.Linear(6, 3)

    def forward(self, x):
        weights = torch.softmax(self.score(x), dim=-1)
        return self.out((weights * x).sum(dim=1))


torch.manual_seed(0)
x, y = torch.randn(64, 5, 6), torch.randint(0, 3, (64,))
model = Pool()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
