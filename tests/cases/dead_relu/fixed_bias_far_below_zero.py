# expect: nothing
# source: "Dying ReLU and Initialization: Theory and Numerical Examples", L. Lu and others, 2019
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(10, 32)
        self.second = nn.Linear(32, 1)
        nn.init.constant_(self.first.bias, 0.1)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for _ in range(4):
    x = torch.randn(64, 10)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), x[:, :1] + 1)
    loss.backward()
    optimizer.step()
