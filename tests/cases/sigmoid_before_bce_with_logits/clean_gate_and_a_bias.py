# expect: nothing
# A gate is added to a layer's output and a ReLU follows: no hinge, for 1 more is not what is added.
import torch
from torch import nn


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate, self.value, self.head = nn.Linear(4, 8), nn.Linear(4, 8), nn.Linear(8, 1)

    def forward(self, rows):
        return self.head(torch.relu(self.value(rows) + torch.sigmoid(self.gate(rows)) - 0.5))


torch.manual_seed(0)
model = Gated()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = torch.randn(32, 4)
for _ in range(6):
    optimizer.zero_grad()
    (model(rows) - rows.sum(1, keepdim=True)).pow(2).mean().backward()
    optimizer.step()
