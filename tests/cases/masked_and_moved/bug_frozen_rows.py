# expect: BT224 at update 3
# source: torch.optim.AdamW, PyTorch documentation: it decays what has no gradient
# The rows of known words are to stay; AdamW decays them all the same.
import torch
from torch import nn

torch.manual_seed(1)
embedding, head = nn.Embedding(20, 8), nn.Linear(8, 3)
parameters = [*embedding.parameters(), *head.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=1e-2, weight_decay=0.1)
words = torch.arange(20)
for _ in range(6):
    loss = nn.functional.cross_entropy(head(embedding(words)), words % 3)
    optimizer.zero_grad()
    loss.backward()
    embedding.weight.grad[:10] = 0
    optimizer.step()
