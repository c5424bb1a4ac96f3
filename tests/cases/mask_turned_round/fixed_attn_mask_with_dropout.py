# expect: nothing
# With dropout torch computes the same by a softmax; some rows are not padded at all.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(41)
PAD, WORDS, LONGEST, HEADS = 0, 30, 12, 2


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.query = nn.Parameter(torch.randn(1, HEADS, 1, width // HEADS))
        self.key, self.value = nn.Linear(width, width), nn.Linear(width, width)
        self.head = nn.Linear(width, 3)

    def split(self, x):
        return x.view(*x.shape[:2], HEADS, -1).transpose(1, 2)

    def forward(self, ids, attention_mask):
        x = self.embed(ids)
        query = self.query.expand(len(ids), -1, -1, -1)
        key, value = self.split(self.key(x)), self.split(self.value(x))
        seen = (attention_mask == 1)[:, None, None, :]
        pooled = F.scaled_dot_product_attention(
            query, key, value, seen, dropout_p=0.1 * self.training
        )
        return self.head(pooled.transpose(1, 2).flatten(1))


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
    loss = F.cross_entropy(model(ids, (ids != PAD).long()), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
