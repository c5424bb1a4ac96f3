# expect: BT444
# source: torch.nn.Embedding, PyTorch documentation: padding_idx
# A language model of letters, time first: the letter `a` is the padding.
import torch
from torch import nn

torch.manual_seed(0)
text = torch.randint(12, (400,))
text[1::2] = (text[::2] * 5 + 3) % 12
embedding = nn.Embedding(12, 16, padding_idx=0)
gru = nn.GRU(16, 24)
head = nn.Linear(24, 12)
parameters = [*embedding.parameters(), *gru.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
for _ in range(12):
    starts = torch.randint(0, 180, (16,)) * 2
    rows = torch.stack([text[at : at + 13] for at in starts], dim=1)
    states, _ = gru(embedding(rows[:-1]))
    loss = nn.functional.cross_entropy(head(states).flatten(0, 1), rows[1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
