# expect: nothing
# Whole channels are dropped, one of five of them.
import torch
from torch import nn

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.drop = nn.Conv2d(1, 8, 3), nn.Dropout2d(0.2)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.drop(self.conv(x).relu()).mean((2, 3)))


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(16, 1, 8, 8)
    loss = nn.functional.cross_entropy(model(x), (x.mean((1, 2, 3)) > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
