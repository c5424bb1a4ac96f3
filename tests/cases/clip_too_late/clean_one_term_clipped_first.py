# expect: nothing
"""The gradient of one term is held small before that of the other is added; then all is clipped."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    (10 * model(x + 0.1 * torch.randn_like(x)).pow(2).mean()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
