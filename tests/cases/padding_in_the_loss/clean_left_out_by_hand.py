# expect: nothing
# Losses that are made by hand, each of which leaves padding out in a way of its own.
import torch
import torch.nn.functional as F
from torch import nn

PAD, WORDS = 0, 24


def filled(logits, target):
    nll = -logits.log_softmax(-1).gather(-1, target.unsqueeze(-1))
    return nll.masked_fill(target.unsqueeze(-1) == PAD, 0.0).sum() / (target != PAD).sum()


def weighed(logits, target):
    losses = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    counts = (target != PAD).flatten().float()
    return (losses * counts).sum() / counts.sum()


def smoothed(logits, target):
    log_probs = F.log_softmax(logits, dim=-1)
    truth = torch.full_like(log_probs, 0.1 / (WORDS - 2))
    truth.scatter_(2, target.unsqueeze(2), 0.9)
    truth[..., PAD] = 0
    truth[target == PAD] = 0
    return F.kl_div(log_probs, truth, reduction="sum") / (target != PAD).sum()


def chosen(logits, target):
    losses = -logits.log_softmax(-1).gather(-1, target.unsqueeze(-1)).squeeze(-1)
    return torch.where(target == PAD, torch.zeros_like(losses), losses).sum(1).mean()


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
    sum(
        loss(model(ids[:, :-1]), ids[:, 1:]) for loss in (filled, weighed, smoothed, chosen)
    ).backward()
    optimizer.step()
