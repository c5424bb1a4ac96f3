# expect: nothing
# The average has no parameters, and is moved by its state; a second loop finds none, and is for others.
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
shadow = copy.deepcopy(net)
for layer in shadow:
    for name, weight in list(layer.named_parameters()):
        delattr(layer, name)
        layer.register_buffer(name, weight.detach().clone())
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    x = torch.randn(32, 8)
    loss = nn.functional.mse_loss(net(x + 0.1 * torch.randn_like(x)), 0.5 * x)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for p, s in zip(net.parameters(), shadow.parameters()):
            s.lerp_(p, 0.05)
        for p, s in zip(net.state_dict().values(), shadow.state_dict().values()):
            s.lerp_(p, 0.05)
print(nn.functional.mse_loss(shadow(x), 0.5 * x).item())
