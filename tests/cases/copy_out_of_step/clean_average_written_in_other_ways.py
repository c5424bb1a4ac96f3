# expect: nothing
"""Averages by lerp, by two statements, by a difference, and of a state that is loaded."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.Linear(8, 3))
ema, slow_net, shadow_net = (copy.deepcopy(net).requires_grad_(False) for _ in range(3))
decay = 0.9
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(32):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for old, new in zip(ema.parameters(), net.parameters(), strict=True):
            old.lerp_(new, 1 - decay)
        for old, new in zip(slow_net.parameters(), net.parameters(), strict=True):
            old.sub_((1 - decay) * (old - new))
        model_state = net.state_dict()
        for name, old in shadow_net.state_dict().items():
            if old.dtype.is_floating_point:
                old *= decay
                old += (1 - decay) * model_state[name]
            else:
                old.copy_(model_state[name])
for each in (ema, slow_net, shadow_net):
    print(nn.functional.cross_entropy(each(x), x[:, :3].argmax(1)).item())
