"""An encoder and two heads, each with an optimizer of its own; one is frozen for a while."""

import hashlib

import torch
from torch import nn

torch.manual_seed(12)
encoder, first, second = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 2)
optimizers = [torch.optim.SGD(each.parameters(), lr=0.05) for each in (encoder, first, second)]
for i in range(4):
    encoder.requires_grad_(i > 0)
    features = torch.relu(encoder(torch.randn(8, 4)))
    loss = first(features).pow(2).mean() + second(features).abs().mean()
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()
    for optimizer in optimizers[(i == 0) :]:
        optimizer.step()
    print(loss.item())
model = nn.ModuleList([encoder, first, second])

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())
