# expect: nothing
"""Of words and codes that are one target, what pads the words is left out in four ways."""

import torch
import torch.nn.functional as F
from torch import nn

WORDS, CODES, LENGTH, PLACES = 20, 10, 10, 4


def score(way, out, labels):
    by_class, kept = out.transpose(1, 2), labels != 0
    if way == "marked":
        return F.cross_entropy(by_class, labels.masked_fill(~kept, -100))
    if way == "weighed":
        return F.cross_entropy(by_class, labels, weight=(torch.arange(WORDS + CODES) > 0).float())
    if way == "masked":
        each = F.cross_entropy(by_class, labels, reduction="none")
        return (each * kept).sum() / kept.sum()
    return F.cross_entropy(out[kept], labels[kept])


torch.manual_seed(0)
for way in ("marked", "weighed", "masked", "chosen"):
    words, codes = nn.Embedding(WORDS, 16), nn.Embedding(CODES, 16)
    lstm, head = nn.LSTM(16, 24, batch_first=True), nn.Linear(24, WORDS + CODES)
    parameters = [p for part in (words, codes, lstm, head) for p in part.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=3e-3)
    for _ in range(6):
        picture = torch.randint(CODES, (12, PLACES))
        text = torch.zeros(12, LENGTH, dtype=torch.long)
        for row in text:
            length = int(torch.randint(2, 7, (1,)))
            row[:length] = torch.randint(1, WORDS, (length,))
        states, _ = lstm(torch.cat([words(text), codes(picture)], 1))
        labels = torch.cat([text, picture + WORDS], 1)[:, 1:]
        loss = score(way, head(states)[:, :-1], labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
