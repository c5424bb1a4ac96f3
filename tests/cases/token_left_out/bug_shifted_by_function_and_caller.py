# expect: BT425 at update 1
# line: labels = ids[:, 1:]
# source: https://github.com/huggingface/transformers/pull/37830
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
WORDS = 20


def next_token_loss(logits, labels):
    labels = F.pad(labels, (0, 1), value=-100)[:, 1:]
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten())


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn = nn.Embedding(WORDS, 16), nn.GRU(16, 16, batch_first=True)
        self.head = nn.Linear(16, WORDS)

    def forward(self, ids):
        logits = self.head(self.rnn(self.embed(ids))[0])[:, :-1]
        labels = ids[:, 1:]
        return next_token_loss(logits, labels)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    loss = model(torch.randint(WORDS, (8, 12)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
