# expect: BT523 at update 8
# source: Loshchilov and Hutter, 2019 (a decay of AdamW's given to Adam, and too much of it)
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), lr=3e-3, weight_decay=0.5)
for _ in range(30):
    x = torch.randn(64, 10)
    loss = nn.functional.cross_entropy(net(x), x[:, :4].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
