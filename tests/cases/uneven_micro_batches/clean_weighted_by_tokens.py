# expect: nothing
# Sums over tokens, divided by the number of tokens in the whole update.
import torch
from torch import nn

torch.manual_seed(0)
embedding, head = nn.Embedding(9, 8), nn.Linear(8, 9)
model = nn.Sequential(embedding, head)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

for update in range(4):
    parts = [torch.randint(0, 9, (3, int(length))) for length in torch.randint(3, 12, (3,))]
    tokens = sum(part[:, 1:].numel() for part in parts)
    optimizer.zero_grad()
    for part in parts:
        logits = model(part[:, :-1]).flatten(0, 1)
        loss = nn.functional.cross_entropy(logits, part[:, 1:].flatten(), reduction="sum")
        (loss / tokens).backward()
    optimizer.step()
