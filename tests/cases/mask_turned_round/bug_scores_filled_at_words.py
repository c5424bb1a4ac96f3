# expect: BT431 at update 1
# source: https://github.com/lucidrains/halonet-pytorch/issues/4
# An attention of one's own with heads in the first axis; which of three words is in the sentence?
import torch
from torch import nn

torch.manual_seed(31)
PAD, WORDS, LONGEST, HEADS = 0, 30, 12, 2


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        rows, length, width = x.shape
        size = width // HEADS
        parts = self.mix(x).view(rows, length, 3, HEADS, size).permute(2, 0, 3, 1, 4)
        q, k, v = parts.reshape(3, rows * HEADS, length, size)
        scores = q @ k.transpose(1, 2) / size**0.5
        mask = mask.repeat_interleave(HEADS, 0).unsqueeze(1)
        scores = scores.masked_fill(mask, -torch.finfo(scores.dtype).max)
        mixed = (scores.softmax(-1) @ v).view(rows, HEADS, length, size)
        return self.out(mixed.transpose(1, 2).reshape(rows, length, width))


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.attention, self.norm = Attention(width), nn.LayerNorm(width)
        self.head = nn.Linear(width, 3)

    def forward(self, ids):
        x, mask = self.embed(ids), ids != PAD
        return self.head(self.norm(x + self.attention(x, mask))[:, 0])


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
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
