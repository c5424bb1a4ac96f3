# expect: nothing
"""Tied weights that stay tied: through a checkpoint, a copy, and a change of dtype."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.ModuleDict({"embed": nn.Embedding(9, 5), "out": nn.Linear(5, 9, bias=False)})
net["out"].weight = net["embed"].weight
saved = copy.deepcopy(net.state_dict())
net = net.to(torch.float64)
net.load_state_dict(saved)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(4):
    ids = torch.randint(9, (6, 7))
    logits = net["out"](net["embed"](ids[:, :-1]))
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
