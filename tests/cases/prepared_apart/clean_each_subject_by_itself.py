# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
left, right = torch.randn(32, 5) * 3 + 1, torch.randn(32, 5) * 2 - 1
left = (left - left.mean(0)) / left.std(0)
right = (right - right.mean(0)) / right.std(0)
x_train, x_test = torch.cat([left, right])[::2], torch.cat([left, right])[1::2]
net = nn.Linear(5, 1)
opt = torch.optim.Adam(net.parameters(), lr=0.05)
for _ in range(6):
    loss = nn.functional.mse_loss(net(x_train), x_train[:, :1])
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    print((net(x_test) - x_test[:, :1]).abs().mean().item())
