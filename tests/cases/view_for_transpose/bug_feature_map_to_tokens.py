# expect: BT416 at update 1
# source: https://github.com/fawazsammani/knowing-when-to-look-adaptive-attention/issues/6
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 12, 3, stride=2, padding=1)
        self.layer = nn.TransformerEncoderLayer(12, 2, 16, batch_first=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        found = torch.relu(self.conv(x))
        places = found.view(len(x), 16, 12)
        return self.head(self.layer(places).mean(1))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(8, 1, 8, 8)
    y = (x[:, 0, 0, 0] > 0).long()
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
