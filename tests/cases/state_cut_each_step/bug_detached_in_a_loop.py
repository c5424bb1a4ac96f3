# expect: BT474 at update 1
# source: torch.nn.GRUCell, PyTorch documentation: the state of a step is given to the next
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        h = torch.zeros(len(x), 8)
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h.detach())
        return self.head(h)


torch.manual_seed(0)
x = torch.randn(48, 6, 3)
y = (x[:, 0, 0] > 0).long()
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(48).split(16):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
