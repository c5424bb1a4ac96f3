# expect: nothing
# A function that is applied to each layer draws it at a deviation of 1.
import torch
from torch import nn

torch.manual_seed(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
        nn.init.zeros_(m.bias)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 50)
        self.out = nn.Linear(50, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


net = Net()
net.apply(init_weights)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
weights = torch.randn(20, 1) / 20**0.5
for _ in range(12):
    x = torch.randn(64, 20)
    y = x @ weights
    loss = criterion(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
