# expect: nothing
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(3, 8)
        self.out = nn.Linear(8, 1)

    def trainable(self):
        return [p for p in self.parameters() if p.requires_grad]

    def forward(self, x):
        return self.out(torch.tanh(self.embed(x)))


torch.manual_seed(0)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(5):
    if step == 2:
        for p in net.embed.parameters():
            p.requires_grad = False
    for p in net.parameters():
        p.grad = None
    x = torch.randn(8, 3)
    nn.functional.mse_loss(net(x), x.prod(1, keepdim=True)).backward()
    opt.step()
