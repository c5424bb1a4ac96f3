# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(8):
    x = torch.rand(4, 3, 12, 12)
    y = 1 + x.argmax(1)
    y[:, :2] = 0
    scores = net(x)
    loss = F.cross_entropy(scores.permute(0, 2, 3, 1).reshape(-1, 4), y.flatten(), ignore_index=0)
    opt.zero_grad()
    loss.backward()
    opt.step()
