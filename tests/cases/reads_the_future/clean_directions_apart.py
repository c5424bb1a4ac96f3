# expect: nothing
# source: Peters et al., "Deep contextualized word representations", 2018: each direction tells what it has not read
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.head = nn.Embedding(20, 12), nn.Linear(24, 20)
        self.rnn = nn.LSTM(12, 24, batch_first=True, bidirectional=True)

    def forward(self, ids):
        ahead, back = self.rnn(self.embedding(ids))[0].chunk(2, dim=-1)
        return self.head(ahead), self.head(back)


model = Both()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    text = torch.randint(0, 20, (8, 14))
    ahead, back = model(text[:, 1:-1])
    loss = F.cross_entropy(ahead.transpose(1, 2), text[:, 2:])
    loss = loss + F.cross_entropy(back.transpose(1, 2), text[:, :-2])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
