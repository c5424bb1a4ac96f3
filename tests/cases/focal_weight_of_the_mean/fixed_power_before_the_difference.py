# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


def focal_loss(scores, target, gamma=2.0):
    logpt = F.log_softmax(scores, dim=1).gather(1, target[:, None]).squeeze(1)
    pt = logpt.exp()
    return (-((1 - pt) ** gamma) * logpt).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(8):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    focal_loss(net(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
