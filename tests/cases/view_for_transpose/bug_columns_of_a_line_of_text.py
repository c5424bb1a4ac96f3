# expect: BT416 at update 1
# source: https://github.com/sooftware/kospeech/pull/82
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.pool = nn.MaxPool2d((4, 1))
        self.lstm = nn.LSTM(6 * 2, 8, batch_first=True, bidirectional=True)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        maps = self.pool(self.conv(x).relu())
        b, c, h, w = maps.shape
        return self.head(self.lstm(maps.reshape(b, w, c * h))[0])


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(8, 1, 8, 16)
    y = x.mean((1, 2)).mul(3).long().clamp(0, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x).transpose(1, 2), y).backward()
    optimizer.step()
