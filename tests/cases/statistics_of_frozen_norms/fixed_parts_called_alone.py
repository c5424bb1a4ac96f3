# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 16), nn.BatchNorm1d(16)
        )
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(16, 3))


net = Net()
mixing = torch.randn(8, 8)


def train(optimizer, updates, shift):
    for _ in range(updates):
        x = torch.randn(32, 8)
        y = (x @ mixing)[:, :3].argmax(1)
        loss = nn.functional.cross_entropy(net.head(net.backbone(x + shift)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


train(torch.optim.SGD(net.parameters(), lr=0.1), 8, 0.0)
net.backbone.requires_grad_(False).eval()
train(torch.optim.SGD(net.head.parameters(), lr=0.05), 12, 1.0)
