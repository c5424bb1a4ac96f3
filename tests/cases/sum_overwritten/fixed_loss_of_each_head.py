# expect: nothing
import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 16)
        self.heads = nn.ModuleList(nn.Linear(16, 3) for _ in range(3))

    def forward(self, x):
        h = torch.relu(self.body(x))
        return [head(h) for head in self.heads]


torch.manual_seed(0)
model = Heads()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(8):
    x = torch.randn(32, 6)
    y = x[:, :3].argmax(1)
    optimizer.zero_grad()
    loss = 0.0
    for logits in model(x):
        loss = loss + criterion(logits, y)
    loss.backward()
    optimizer.step()
