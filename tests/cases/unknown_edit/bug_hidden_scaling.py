# expect: BT106 at update 1
# source: PyTorch documentation, torch.Tensor.grad: .grad may be written to by anyone
# A callback that "warms up" by scaling gradients in place.
import torch
from torch import nn


class GradientWarmup:
    def __init__(self, module, updates):
        self.module, self.updates, self.done = module, updates, 0

    def __call__(self):
        self.done += 1
        factor = min(1.0, self.done / self.updates)
        for p in self.module.parameters():
            p.grad.data = p.grad.data * factor


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
callbacks = [GradientWarmup(net, 10)]
for x in torch.randn(4, 9, 5):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :1]).backward()
    for callback in callbacks:
        callback()
    optimizer.step()
