# expect: nothing
# The mean of the outputs at words, and at nothing else.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(2)
embedding, encoder = nn.Embedding(30, 16, padding_idx=0), nn.GRU(16, 24, batch_first=True)
head = nn.Linear(24, 2)
parameters = [p for part in (embedding, encoder, head) for p in part.parameters()]
optimizer = torch.optim.Adam(parameters, lr=5e-3)
for _ in range(6):
    rows = [torch.randint(1, 30, (int(length),)) for length in torch.randint(3, 20, (16,))]
    ids = pad_sequence(rows, batch_first=True)
    outputs, _ = encoder(embedding(ids))
    mask = (ids != 0).unsqueeze(2)
    pooled = (outputs * mask).sum(1) / mask.sum(1)
    loss = nn.functional.cross_entropy(head(pooled), (ids[:, 0] > 15).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
