# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv1d(4, 8, 3, padding=1), nn.ReLU(), nn.Conv1d(8, 3, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(16, 4, 10)
    y = (x[:, 0] > 0).long()
    optimizer.zero_grad()
    logits = net(x).transpose(1, 2).reshape(-1, 3)
    nn.functional.cross_entropy(logits, y.reshape(-1)).backward()
    optimizer.step()
