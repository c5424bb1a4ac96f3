# expect: BT494 at update 1
# source: github.com/graykode/nlp-tutorial, issue 29
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.values = nn.Linear(8, 8)

    def forward(self, x):
        context = torch.relu(self.values(x))
        return nn.Linear(8, 8)(context) + x


torch.manual_seed(0)
model = nn.Sequential(Block(), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(32, 8)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
