# expect: nothing
# The loss has a weight and no parameter, and is called in the line in which the target is.
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
target = copy.deepcopy(net).requires_grad_(False)
criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 1.5]))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    x = torch.randn(32, 8)
    loss = criterion(net(x), target(x).argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    for p, t in zip(net.parameters(), target.parameters()):
        t.data.lerp_(p.data, 0.05)
