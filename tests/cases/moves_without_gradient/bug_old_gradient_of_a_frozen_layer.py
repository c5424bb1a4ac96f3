# expect: BT211 at update 3
# source: discuss.pytorch.org, "Freezing a layer in the middle of training does not stop its updates"
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
    for p in net.trainable():
        p.grad = None
    x = torch.randn(8, 3)
    nn.functional.mse_loss(net(x), x.prod(1, keepdim=True)).backward()
    opt.step()
