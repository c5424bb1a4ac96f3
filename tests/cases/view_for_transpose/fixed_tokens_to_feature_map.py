# expect: nothing
# source: torch.Tensor.view, PyTorch documentation: the elements stay in their order
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(4, 10)
        self.up = nn.Conv2d(10, 3, 3, padding=1)

    def forward(self, patches):
        tokens = torch.tanh(self.embed(patches))
        maps = tokens.transpose(1, 2).unflatten(-1, (4, 4))
        return self.up(maps)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(8, 16, 4)
    y = (x[..., 0] > 0).long().view(8, 4, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
