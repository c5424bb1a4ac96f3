# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(40):
    x = torch.randn(32, 6)
    p, y = net(x).softmax(1), F.one_hot(x[:, :3].argmax(1), 3).float()
    entropy = -(p * p.log()).sum(1).mean()
    loss = 1 - 2 * (p * y).sum() / (p.sum() + y.sum()) - 2 * entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
