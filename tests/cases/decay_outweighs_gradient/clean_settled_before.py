# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 2)
with torch.no_grad():
    net.weight.copy_(torch.eye(6)[:2])
    net.bias.zero_()
opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
for _ in range(16):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(net(x), x[:, :2] + 0.01 * torch.randn(32, 2))
    opt.zero_grad()
    loss.backward()
    opt.step()
