# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU())
        self.fc = nn.Linear(self._size(torch.zeros(1, 3, 7, 7)), 2)

    def _size(self, x):
        return self.features(x).numel()

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


net = Net()
print(net(torch.zeros(1, 3, 7, 7)).shape)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    loss = nn.functional.cross_entropy(net(torch.rand(6, 3, 7, 7)), torch.randint(0, 2, (6,)))
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
print(net(torch.rand(1, 3, 7, 7)))
