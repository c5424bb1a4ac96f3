# expect: BT446 at update 1
# source: github.com/lucidrains/DALLE2-pytorch, issue 235, of a mask of attention's scores
import torch
from torch import nn


class Pooling(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(8, 1)
        self.head = nn.Linear(8, 2)

    def forward(self, x, mask):
        scores = self.score(x).squeeze(-1)
        masked_scores = scores.masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=1)
        return self.head((weights.unsqueeze(-1) * x).sum(1))


torch.manual_seed(0)
model = Pooling()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(16, 5, 8)
    mask = torch.arange(5) < torch.randint(2, 6, (16, 1))
    y = (x[:, 0, 0] > 0).long()
    loss = nn.functional.cross_entropy(model(x, mask), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
