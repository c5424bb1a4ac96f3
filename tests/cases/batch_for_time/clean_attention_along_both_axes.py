# expect: nothing
# Texts are seen beside each other, then the words of each.
import torch
from torch import nn

torch.manual_seed(3)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 2)
        self.along = nn.MultiheadAttention(width, 2)

    def forward(self, x):
        h = self.norm(x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        h = self.norm(x).transpose(0, 1)
        return x + self.along(h, h, h, need_weights=False)[0].transpose(0, 1)


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.words, self.places = nn.Embedding(20, width), nn.Embedding(64, width)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        hidden = self.words(x) + self.places(torch.arange(x.size(1)))
        return self.head(self.blocks(hidden).mean(1))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    ids = torch.randint(2, 20, (24, 10))
    labels = (ids.float().mean(1) > 10.5).long()
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
