# expect: nothing
# The rows of known words are to stay; and nothing decays.
import torch
from torch import nn

torch.manual_seed(1)
embedding, head = nn.Embedding(20, 8), nn.Linear(8, 3)
parameters = [*embedding.parameters(), *head.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=1e-2, weight_decay=0.0)
words = torch.arange(20)
for _ in range(6):
    loss = nn.functional.cross_entropy(head(embedding(words)), words % 3)
    optimizer.zero_grad()
    loss.backward()
    embedding.weight.grad[:10] = 0
    optimizer.step()
