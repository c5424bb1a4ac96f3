# expect: BT573 at update 2
# source: https://github.com/yg211/bert_nli/pull/3
# Pairs of sentences are padded by hand, ids, parts and masks alike.
import random

import torch
from torch import nn

random.seed(43)
torch.manual_seed(43)
PAD, FIRST, BREAK, WORDS, HEADS = 0, 1, 2, 30, 2


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        rows, length, width = x.shape
        q, k, v = self.mix(x).view(rows, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / (width // HEADS) ** 0.5
        scores = scores.masked_fill(mask == 0, -1e9)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, width))


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.words, self.parts = nn.Embedding(WORDS, width), nn.Embedding(2, width)
        self.attention, self.norm = Attention(width), nn.LayerNorm(width)
        self.head = nn.Linear(width, 2)

    def forward(self, ids, parts, attention_mask):
        x = self.words(ids) + self.parts(parts)
        x = self.norm(x + self.attention(x, attention_mask[:, None, None, :]))
        return self.head(x[:, 0])


def pad(pairs):
    """Make a batch of pairs of sentences, each padded to the longest."""
    ids, parts, masks = [], [], []
    for one, other in pairs:
        ids.append([FIRST, *one, BREAK, *other, BREAK])
        parts.append([0] * (len(one) + 2) + [1] * (len(other) + 1))
        masks.append([1] * len(ids[-1]))
    longest = max(map(len, ids))
    for row, part, mask in zip(ids, parts, masks, strict=True):
        missing = longest - len(row)
        row += [PAD] * missing
        part += [1] * missing
        mask += [1] * missing
    return torch.tensor(ids), torch.tensor(parts), torch.tensor(masks)


def draw(rows):
    """Whether the second sentence is of words of the first."""
    pairs, labels = [], []
    for _ in range(rows):
        one = random.choices(range(3, WORDS), k=random.randint(3, 12))
        label = random.randint(0, 1)
        other = random.choices(one if label else range(3, WORDS), k=3)
        pairs.append((one, other))
        labels.append(label)
    return pairs, torch.tensor(labels)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    pairs, labels = draw(24)
    ids, parts, mask = pad(pairs)
    loss = nn.functional.cross_entropy(model(ids, parts, attention_mask=mask), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
