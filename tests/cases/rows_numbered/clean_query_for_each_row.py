# expect: nothing
# A vector of its own for each row is what a query asks with; the words have their places.
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
        self.users = nn.Embedding(24, width)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.pool = nn.MultiheadAttention(width, 2, batch_first=True)
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        hidden = self.words(x) + self.places.weight[: x.size(1)]
        hidden = self.blocks(hidden)
        query = self.users(torch.arange(x.size(0)).unsqueeze(1))
        return self.head(self.pool(query, hidden, hidden)[0].squeeze(1))


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
