# expect: BT508
# source: github.com/LINCellularNeuroscience/VAME, issue 26
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.manual_seed(0)
x, held_out = torch.randn(256, 5), torch.randn(64, 5)
net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
plateau = ReduceLROnPlateau(optimizer, factor=0, patience=1)
for epoch in range(12):
    for rows in torch.randperm(256).split(64):
        optimizer.zero_grad()
        wanted = x[rows].sum(1, keepdim=True).sin() + 0.3 * torch.randn(64, 1)
        nn.functional.mse_loss(net(x[rows]), wanted).backward()
        optimizer.step()
    with torch.no_grad():
        wanted = held_out.sum(1, keepdim=True).sin() + 0.3 * torch.randn(64, 1)
        loss = nn.functional.mse_loss(net(held_out), wanted)
    plateau.step(max(loss.item(), 0.7))
