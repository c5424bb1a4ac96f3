# expect: BT415 at update 1
# source: https://github.com/k-tahiro/bert-summarizer/pull/41 (the loss that picks)
import torch
from torch import nn

PAD, WORDS = 0, 24


def smoothed(logits, target, smoothing=0.1):
    log_probs = logits.log_softmax(-1)
    nll = -log_probs.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    spread = -log_probs.mean(-1)
    return ((1 - smoothing) * nll + smoothing * spread).mean()


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
    smoothed(model(ids[:, :-1]), ids[:, 1:]).backward()
    optimizer.step()
