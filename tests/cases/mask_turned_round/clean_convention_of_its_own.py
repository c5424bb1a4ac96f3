# expect: nothing
# An attention of one's own takes what is to be looked at, and turns it round itself.
import torch
from torch import nn

torch.manual_seed(24)
PAD, WORDS, LONGEST = 0, 30, 12


class Attention(nn.MultiheadAttention):
    def forward(self, query, keys, key_padding_mask):
        return super().forward(query, keys, keys, key_padding_mask=~key_padding_mask)


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.attention = Attention(width, 2, batch_first=True)
        self.query = nn.Parameter(torch.randn(1, 1, width))
        self.head = nn.Linear(width, 3)

    def forward(self, ids, mask):
        x, query = self.embed(ids), self.query.expand(len(ids), -1, -1)
        pooled, _ = self.attention(query, x, key_padding_mask=mask)
        return self.head(pooled.squeeze(1))


def draw(rows):
    """The class is which of three words occurs in the sentence."""
    lengths = torch.randint(3, LONGEST - 1, (rows,))
    ids, labels = torch.randint(4, WORDS, (rows, LONGEST)), torch.randint(0, 3, (rows,))
    ids[torch.arange(rows), (torch.rand(rows) * lengths).long()] = labels + 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = nn.functional.cross_entropy(model(ids, ids != PAD), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
