# expect: nothing
"""Federated averaging: each client begins from the server's weights with an optimizer of its own."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
server = nn.Linear(4, 2)
local = copy.deepcopy(server)
clients = [(x, (x[:, 0] > 0).long()) for x in torch.randn(3, 16, 4)]
for round_ in range(2):
    collected = []
    for x, y in clients:
        local.load_state_dict(server.state_dict())
        optimizer = torch.optim.SGD(local.parameters(), lr=0.1, momentum=0.9)
        for _ in range(2):
            optimizer.zero_grad()
            nn.functional.cross_entropy(local(x), y).backward()
            optimizer.step()
        collected.append(copy.deepcopy(local.state_dict()))
    mean = {k: torch.stack([c[k] for c in collected]).mean(0) for k in collected[0]}
    server.load_state_dict(mean)
