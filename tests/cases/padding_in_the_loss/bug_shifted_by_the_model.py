# expect: BT415 at update 1
# source: github.com/huggingface/trl, pull request 1625
import torch
from torch import nn

PAD, VOCAB = 0, 12


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 16)
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, VOCAB)

    def forward(self, ids, labels):
        logits = self.out(self.gru(self.embed(ids))[0])
        following = nn.functional.pad(labels, (0, 1), value=-100)[:, 1:]
        return nn.functional.cross_entropy(logits.view(-1, VOCAB), following.reshape(-1))


torch.manual_seed(0)
model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    ids = torch.full((16, 12), PAD)
    for row in ids:
        length = int(torch.randint(3, 9, (1,)))
        row[:length] = (torch.arange(length) + int(torch.randint(11, (1,)))) % 11 + 1
    labels = ids.clone()
    optimizer.zero_grad()
    model(ids, labels).backward()
    optimizer.step()
