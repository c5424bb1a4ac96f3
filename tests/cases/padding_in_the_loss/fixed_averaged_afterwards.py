# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

PAD, WORDS = 0, 24


def per_row(logits, target):
    losses = F.cross_entropy(
        logits.flatten(0, 1), target.flatten(), ignore_index=PAD, reduction="none"
    )
    return losses.view(target.shape).sum(1).mean()


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, 16, padding_idx=PAD)
        self.layer = nn.GRU(16, 32, batch_first=True)
        self.out = nn.Linear(32, WORDS)

    def forward(self, ids):
        return self.out(self.layer(self.words(ids))[0])


def draw(rows):
    ids = torch.zeros(rows, 10, dtype=torch.long)
    for row in ids:
        length = int(torch.randint(3, 10, ()))
        row[:length] = torch.randint(2, WORDS, ()) + torch.arange(length)
    return ids.where(ids < WORDS, ids - WORDS + 2)


torch.manual_seed(0)
model = Decoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    ids = draw(16)
    optimizer.zero_grad()
    per_row(model(ids[:, :-1]), ids[:, 1:]).backward()
    optimizer.step()
