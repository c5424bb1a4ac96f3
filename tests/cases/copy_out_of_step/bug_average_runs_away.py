# expect: BT462 at update 1
# source: github.com/ostris/ai-toolkit, issue 1034 (the shadow is moved away from the parameters)
import torch
from torch import nn


class ShadowWeights:
    def __init__(self, parameters, decay=0.99):
        self.decay = decay
        self.shadow = [each.detach().clone() for each in parameters]

    @torch.no_grad()
    def update(self, parameters):
        one_minus_decay = 1.0 - self.decay
        for shadow, parameter in zip(self.shadow, parameters, strict=True):
            gap = shadow - parameter
            shadow.add_(gap * one_minus_decay)


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))
average = ShadowWeights(list(net.parameters()))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(8):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    average.update(list(net.parameters()))
