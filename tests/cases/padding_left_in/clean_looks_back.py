# expect: nothing
# Attention looks back alone, so padding behind a word is not seen; its targets are left out.
import torch
from torch import nn

torch.manual_seed(45)
PAD, WORDS, LONGEST, HEADS = 0, 30, 14, 2


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        rows, length, width = x.shape
        q, k, v = self.mix(x).view(rows, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / (width // HEADS) ** 0.5
        scores = scores.masked_fill(mask == 0, -1e9)
        scores = scores.masked_fill(torch.ones(length, length).triu(1) == 1, -1e9)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, width))


class Writer(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width)
        self.attention, self.norm = Attention(width), nn.LayerNorm(width)
        self.head = nn.Linear(width, WORDS)

    def forward(self, ids, attention_mask):
        x = self.embed(ids)
        x = self.norm(x + self.attention(x, attention_mask[:, None, None, :]))
        return self.head(x)


def draw(rows):
    """Count on from a number."""
    lengths = torch.randint(3, LONGEST, (rows, 1))
    ids = (torch.randint(0, WORDS, (rows, 1)) + torch.arange(LONGEST)) % (WORDS - 1) + 1
    return ids.masked_fill(torch.arange(LONGEST) >= lengths, PAD)


model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids = draw(24)
    scores = model(ids[:, :-1], attention_mask=torch.ones_like(ids[:, :-1]))
    targets = ids[:, 1:].reshape(-1)
    loss = nn.functional.cross_entropy(scores.reshape(-1, WORDS), targets, ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
