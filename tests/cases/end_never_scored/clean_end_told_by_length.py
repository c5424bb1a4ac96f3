# expect: nothing
# Padding has the id of the end, and is left out by the length of each text, its end is told.
import torch
from torch import nn

EOS = 1
PAD = EOS
torch.manual_seed(0)
embedding, rnn, head = nn.Embedding(24, 8), nn.GRU(8, 16, batch_first=True), nn.Linear(16, 24)
parts = nn.ModuleList([embedding, rnn, head])
optimizer = torch.optim.SGD(parts.parameters(), lr=0.2)
for _ in range(5):
    lengths = torch.tensor([9, 5, 7, 4])
    ids = torch.randint(2, 24, (4, 10))
    at = torch.arange(10).expand(4, -1)
    ids[at >= lengths[:, None]] = PAD
    inputs, targets = ids[:, :-1], ids[:, 1:].clone()
    targets[at[:, 1:] > lengths[:, None]] = -100
    scores = head(rnn(embedding(inputs))[0])
    loss = nn.functional.cross_entropy(scores.transpose(1, 2), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
