# expect: BT416 at update 1
# source: https://github.com/vitrioil/Speech-Separation/issues/4
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, (1, 3), padding=(0, 1))
        self.norm = nn.BatchNorm2d(6)
        self.lstm = nn.LSTM(6 * 5, 8, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        found = torch.relu(self.norm(self.conv(x)))
        steps = found.view(x.size(0), x.size(2), -1)
        return self.head(self.lstm(steps)[0]).squeeze(-1)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(8, 1, 10, 5)
    y = (x.mean(-1).squeeze(1) > 0).float()
    optimizer.zero_grad()
    nn.functional.binary_cross_entropy_with_logits(net(x), y).backward()
    optimizer.step()
