# expect: BT479 at update 1
# source: https://github.com/cmu-l3/anlp-fall2025-code/issues/1
# Which of two markers comes first? The blocks are written around nn.MultiheadAttention.
import torch
from torch import nn

torch.manual_seed(3)
VOCAB, LENGTH = 20, 10


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)

    def forward(self, x):
        h = self.norm(x)
        return x + self.attention(h, h, h, need_weights=False)[0]


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.words, self.places = nn.Embedding(VOCAB, width), nn.Embedding(64, width)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        positions = torch.arange(x.size(0), device=x.device).unsqueeze(1)
        hidden = self.words(x) + self.places(positions)
        return self.head(self.blocks(hidden).mean(1))


def draw(rows):
    ids = torch.randint(2, VOCAB, (rows, LENGTH))
    first, second = torch.rand(rows, LENGTH).argsort(1)[:, :2].t()
    ids[torch.arange(rows), first], ids[torch.arange(rows), second] = 0, 1
    return ids, (first < second).long()


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    ids, labels = draw(24)
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
