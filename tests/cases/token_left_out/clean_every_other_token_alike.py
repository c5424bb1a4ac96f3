# expect: nothing
# Tokens that come back at every other place: one on and two on are told apart all the same.
import torch
from torch import nn

torch.manual_seed(3)
embedding, mix, head = nn.Embedding(24, 16), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 24)
parameters = [p for part in (embedding, mix, head) for p in part.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=3e-3)
for _ in range(6):
    text = torch.randint(0, 24, (16, 2)).repeat(1, 7)
    logits = head(mix(embedding(text[:, :-1]))[0])
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
