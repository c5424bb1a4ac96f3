# expect: nothing
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, width))

    def forward(self, x):
        kept = x
        x, weights = self.attention(x, x, x)
        x = x + kept
        return self.mlp(x) + x


torch.manual_seed(0)
rows = torch.randn(64, 5, 8)
kinds = rows[:, 0, :3].argmax(1)
model = nn.Sequential(Block(8), Block(8), nn.Flatten(), nn.Linear(40, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(3):
    for batch in torch.randperm(64).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(rows[batch]), kinds[batch]).backward()
        optimizer.step()
