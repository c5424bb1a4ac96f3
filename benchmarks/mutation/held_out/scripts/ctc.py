"""Strings of digits are read from noisy strokes without being told where each of them stands."""

import torch
import torch.nn.functional as F
from torch import nn

BLANK, DIGITS, FRAMES = 0, 4, 20


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 24, batch_first=True, bidirectional=True)
        self.head = nn.Linear(48, DIGITS + 1)

    def forward(self, strokes):
        states, _ = self.rnn(strokes)
        return F.log_softmax(self.head(states), dim=2)


torch.manual_seed(0)
shapes = 2 * torch.randn(DIGITS + 1, 6)
strokes = 0.3 * torch.randn(192, FRAMES, 6)
texts = torch.zeros(192, 3, dtype=torch.long)
lengths = torch.randint(2, 4, (192,))
for row in range(192):
    start = 1
    for place in range(int(lengths[row])):
        digit, wide = int(torch.randint(1, DIGITS + 1, (1,))), int(torch.randint(3, 6, (1,)))
        strokes[row, start : start + wide] += shapes[digit]
        texts[row, place] = digit
        start += wide + 1
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(8):
    for rows in torch.randperm(192).split(32):
        scores = model(strokes[rows]).transpose(0, 1)
        heard = torch.full((len(rows),), FRAMES)
        loss = F.ctc_loss(scores, texts[rows], heard, lengths[rows], blank=BLANK)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] *= 0.85
