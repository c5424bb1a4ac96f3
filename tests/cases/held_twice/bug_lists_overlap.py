# expect: BT203 at update 1
# source: PyTorch issue 40967, "optimizer contains a parameter group with duplicate parameters"
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(7, 14)
        self.classifier = nn.Linear(14, 3)

    def forward(self, x):
        return self.classifier(torch.relu(self.base(x)))


net = Net()
params = list(net.parameters()) + list(net.classifier.parameters())
optimizer = torch.optim.SGD(params, lr=0.05)
for i in range(3):
    x = torch.randn(9, 7)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(dim=1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
