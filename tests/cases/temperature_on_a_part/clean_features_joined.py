# expect: nothing
"""Scaled products are features beside others: a layer reads them, and no softmax compares them."""

import torch
from torch import nn

torch.manual_seed(0)
body, read = nn.Linear(8, 16), nn.Linear(24, 3)
keys = torch.randn(8, 16)
optimizer = torch.optim.SGD([*body.parameters(), *read.parameters()], lr=0.1)
scale = 0.25
for _ in range(6):
    x = torch.randn(32, 8)
    states = body(x)
    features = torch.cat([states @ keys.T * scale, torch.tanh(states @ torch.eye(16))], dim=1)
    out = read(features)
    loss = nn.functional.cross_entropy(out, x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
