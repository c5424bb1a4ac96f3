# expect: nothing
# Two branches begin at zero side by side: each gets its gradient, and the ReLU before them lives.
import torch
from torch import nn

torch.manual_seed(5)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.relu = nn.Linear(6, 16), nn.ReLU()
        self.left, self.right = nn.Linear(16, 1), nn.Linear(16, 1)
        for branch in (self.left, self.right):
            nn.init.zeros_(branch.weight)

    def forward(self, x):
        h = self.relu(self.body(x))
        return self.left(h) + x[:, :1] * self.right(h)


model = Branches()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(model(x), x[:, :1] + x[:, 1:2])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
