# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 4))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.05)
for _ in range(30):
    x = torch.randn(64, 10)
    loss = nn.functional.cross_entropy(net(x), x[:, :4].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
