# expect: BT312 at update 1
# also: BT407
# source: github.com/pytorch/pytorch, issue 31984
import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(8):
    place = torch.randn(64, 3, requires_grad=True)
    energy_true = place.detach().square().sum(1)
    energy = net(place).squeeze(1)
    (slope,) = torch.autograd.grad(energy.sum(), place, retain_graph=True)
    loss = mse_loss(energy, energy_true) + 2 * mse_loss(-slope, -2 * place.detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
