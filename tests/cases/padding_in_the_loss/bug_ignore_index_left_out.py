# expect: BT415 at update 1
# source: github.com/lukas-blecher/LaTeX-OCR, issue 305
import torch
from torch import nn

PAD, VOCAB = 0, 12


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 16)
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, VOCAB)

    def forward(self, ids):
        return self.out(self.gru(self.embed(ids))[0])


torch.manual_seed(0)
model = Decoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    ids = torch.full((16, 12), PAD)
    for row in ids:
        length = int(torch.randint(3, 9, (1,)))
        row[:length] = (torch.arange(length) + int(torch.randint(11, (1,)))) % 11 + 1
    logits, target = model(ids[:, :-1]), ids[:, 1:]
    optimizer.zero_grad()
    nn.functional.cross_entropy(logits.transpose(1, 2), target).backward()
    optimizer.step()
