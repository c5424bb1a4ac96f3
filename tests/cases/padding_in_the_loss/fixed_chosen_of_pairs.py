# expect: nothing
"""Answers in pairs: what is preferred is learned as a text as well."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
PAD, WORDS = 0, 12


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(WORDS, 16)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, WORDS)

    def forward(self, ids):
        return self.head(self.rnn(self.embed(ids))[0])


def make_rows(count):
    length = torch.randint(4, 11, (count, 1))
    ids = (torch.randint(1, WORDS, (count, 1)) + torch.arange(10)) % (WORDS - 1) + 1
    return torch.where(torch.arange(10) < length, ids, PAD)


def log_likelihood(logits, ids):
    told = logits[:, :-1].log_softmax(-1).gather(2, ids[:, 1:, None]).squeeze(2)
    mask = ids[:, 1:] != PAD
    return (told * mask).sum(1) / mask.sum(1)


writer = Writer()
optimizer = torch.optim.AdamW(writer.parameters(), lr=3e-3)
for update in range(8):
    chosen = make_rows(16)
    rejected = torch.where(chosen == PAD, PAD, (chosen * 5) % (WORDS - 1) + 1)
    logits = writer(torch.cat([chosen, rejected]))
    good, bad = log_likelihood(logits[:16], chosen), log_likelihood(logits[16:], rejected)
    labels = torch.where(chosen == PAD, -100, chosen)
    text = F.cross_entropy(logits[:16, :-1].reshape(-1, WORDS), labels[:, 1:].reshape(-1))
    loss = text - 0.1 * F.logsigmoid(good - bad).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
