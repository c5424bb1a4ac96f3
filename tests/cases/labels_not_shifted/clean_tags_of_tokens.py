# expect: nothing
# A causal tagger: most tokens are their own tags, some are not.
import torch
from torch import nn

torch.manual_seed(2)
embedding, three, head = nn.Embedding(12, 8), nn.Linear(8, 24), nn.Linear(8, 12)
parts = nn.ModuleList([embedding, three, head])
optimizer = torch.optim.Adam(parts.parameters(), lr=5e-3)
for _ in range(8):
    ids = torch.randint(12, (8, 7))
    tags = torch.where(ids.cumsum(1) % 3 == 0, 0, ids)
    q, k, v = three(embedding(ids)).chunk(3, dim=-1)
    mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    loss = nn.functional.cross_entropy(head(mixed).flatten(0, 1), tags.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
