# expect: nothing
# source: docs.pytorch.org, torch.nn.functional.softmax: over parts that a layer gives in one row, and over positions
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 6, 4)
y = torch.stack([x[..., 0].argmax(1), x[..., 1].argmax(1) % 3], 1)


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.places, self.rows = nn.Linear(4, 1), nn.Linear(4, 12)

    def forward(self, x):
        shares = self.places(x).view(len(x), 6, 1).softmax(1)
        return self.rows((shares * x).sum(1)).view(-1, 6, 2)


model = Parts()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    logits = model(x[start : start + 16])
    loss = nn.functional.cross_entropy(logits, y[start : start + 16])
    loss.backward()
    optimizer.step()
