# expect: BT485 at update 1
# source: https://github.com/chainer/chainer/issues/261
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)


def shrink(net, decay):
    """Add the gradient of the penalty to what backward left."""
    with torch.no_grad():
        for name, p in net.named_parameters():
            if name.endswith("weight"):
                p.grad -= decay * p


for _ in range(8):
    x = torch.randn(32, 12)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1]).backward()
    shrink(model, 0.02)
    optimizer.step()
