# expect: nothing
"""The encoder looks both ways, at what is given; the decoder does not."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
embedding, head = nn.Embedding(20, 16), nn.Linear(16, 20)
model = nn.Transformer(16, 2, 1, 1, 32, dropout=0.0, batch_first=True)
parts = nn.ModuleList([embedding, model, head])
optimizer = torch.optim.Adam(parts.parameters(), lr=1e-3)
mask = nn.Transformer.generate_square_subsequent_mask(8)
for _ in range(3):
    given, ids = torch.randint(0, 20, (6, 8)), torch.randint(0, 20, (6, 9))
    hidden = model(embedding(given), embedding(ids[:, :-1]), tgt_mask=mask)
    loss = F.cross_entropy(head(hidden).reshape(-1, 20), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
