# expect: BT415 at update 1
# source: github.com/lucidrains/DALLE-pytorch, issue 57
"""Words and the codes of a picture are one target, and the words are padded."""

import torch
import torch.nn.functional as F
from torch import nn

WORDS, CODES, LENGTH, PLACES = 30, 16, 12, 5


class Painter(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.codes = nn.Embedding(WORDS, 24), nn.Embedding(CODES, 24)
        self.gru, self.out = nn.GRU(24, 32, batch_first=True), nn.Linear(32, WORDS + CODES)

    def forward(self, text, picture):
        seen = torch.cat([self.words(text), self.codes(picture)], dim=1)
        logits = self.out(self.gru(seen)[0])[:, :-1]
        labels = torch.cat([text, picture + WORDS], dim=1)[:, 1:]
        return F.cross_entropy(logits.transpose(1, 2), labels)


torch.manual_seed(0)
model = Painter()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    text, picture = torch.zeros(16, LENGTH, dtype=torch.long), torch.randint(CODES, (16, PLACES))
    for row in text:
        length = int(torch.randint(3, 9, (1,)))
        row[:length] = torch.randint(1, WORDS, (length,))
    optimizer.zero_grad()
    model(text, picture).backward()
    optimizer.step()
