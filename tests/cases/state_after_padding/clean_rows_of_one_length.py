# expect: nothing
# Rows of one length, of which the last output is read.
import torch
from torch import nn

torch.manual_seed(3)
embedding, encoder = nn.Embedding(30, 16), nn.LSTM(16, 24, batch_first=True)
head = nn.Linear(24, 2)
parameters = [p for part in (embedding, encoder, head) for p in part.parameters()]
optimizer = torch.optim.Adam(parameters, lr=5e-3)
for _ in range(6):
    ids = torch.randint(0, 30, (16, 9))
    outputs, _ = encoder(embedding(ids))
    loss = nn.functional.cross_entropy(head(outputs[:, -1]), (ids[:, 0] > 15).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
