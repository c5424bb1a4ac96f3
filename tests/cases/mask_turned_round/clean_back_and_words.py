# expect: nothing
# Each word sees those before it; padding that asks sees the words, and is never read.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(44)
PAD, WORDS, LONGEST = 0, 30, 12


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.mix, self.norm = nn.Linear(width, 3 * width), nn.LayerNorm(width)
        self.head = nn.Linear(width, 3)

    def forward(self, ids):
        x, words = self.embed(ids), ids != PAD
        query, key, value = self.mix(x).chunk(3, -1)
        seen = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()
        mixed = F.scaled_dot_product_attention(query, key, value, seen & words.unsqueeze(1))
        last = words.sum(1) - 1
        return self.head(self.norm(x + mixed)[torch.arange(len(ids)), last])


def draw(rows):
    """The class is which of three words occurs in the sentence."""
    lengths = torch.randint(3, LONGEST + 1, (rows,))
    ids, labels = torch.randint(4, WORDS, (rows, LONGEST)), torch.randint(0, 3, (rows,))
    ids[torch.arange(rows), (torch.rand(rows) * lengths).long()] = labels + 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = F.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
