# expect: nothing
# Both what asks and what is asked are masked.
import torch
from torch import nn

torch.manual_seed(42)
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
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, width))


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width)
        self.attention, self.norm = Attention(width), nn.LayerNorm(width)
        self.head = nn.Linear(width, 2)

    def forward(self, ids):
        mask = (ids != PAD)[:, None, None, :] & (ids != PAD)[:, None, :, None]
        x = self.embed(ids)
        return self.head(self.norm(x + self.attention(x, mask))[:, 0])


def draw(rows):
    """Whether a marker occurs in the sentence."""
    lengths = torch.randint(3, LONGEST, (rows,))
    ids, labels = torch.randint(2, WORDS, (rows, LONGEST)), torch.randint(0, 2, (rows,))
    places = (torch.rand(rows) * lengths).long()
    ids[torch.arange(rows)[labels == 1], places[labels == 1]] = 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(24)
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
