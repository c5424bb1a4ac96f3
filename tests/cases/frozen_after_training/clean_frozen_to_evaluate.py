# expect: nothing
# The mode decides whether anything is to be learned: what eval() freezes, train() lets learn again.
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 8), nn.Linear(8, 2)

    def train(self, mode=True):
        super().train(mode)
        if not mode:
            for weight in self.body.parameters():
                weight.requires_grad = False
        else:
            self.body.requires_grad_(True)
        return self

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(80, 6)
y = (x[:, 0] > 0).long()
for epoch in range(3):
    for rows in torch.arange(60).split(15):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print((net(x[60:]).argmax(1) == y[60:]).float().mean().item())
    net.train()
