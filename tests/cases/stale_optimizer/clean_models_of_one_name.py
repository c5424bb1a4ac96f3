# expect: nothing
# never: BT202
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 10)
y = x.sum(1, keepdim=True)
nets = [nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1)) for _ in range(3)]
optimizers = [torch.optim.Adam(net.parameters(), lr=1e-2) for net in nets]
for i in range(0, 64, 16):
    for net, optimizer in zip(nets, optimizers, strict=True):
        loss = F.mse_loss(net(x[i : i + 16]), y[i : i + 16])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
