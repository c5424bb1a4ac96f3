# expect: BT415 at update 1
# source: https://github.com/k-tahiro/bert-summarizer/pull/41
import torch
import torch.nn.functional as F
from torch import nn

PAD, WORDS = 0, 24


class SmoothedLoss(nn.Module):
    def __init__(self, smoothing):
        super().__init__()
        self.smoothing = smoothing

    def forward(self, logits, target):
        log_probs = F.log_softmax(logits.reshape(-1, WORDS), dim=-1)
        target = target.reshape(-1)
        truth = torch.full_like(log_probs, self.smoothing / (WORDS - 2))
        truth[:, PAD] = 0
        truth.scatter_(1, target.unsqueeze(1), 1.0 - self.smoothing)
        return F.kl_div(log_probs, truth, reduction="none").sum(-1).mean()


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
    SmoothedLoss(0.1)(model(ids[:, :-1]), ids[:, 1:]).backward()
    optimizer.step()
