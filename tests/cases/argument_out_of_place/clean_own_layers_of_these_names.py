# expect: nothing
# source: github.com/eriklindernoren/PyTorch-GAN, issue 116: a norm of one's own that takes a momentum
import torch
from torch import nn


class BatchNorm2d(nn.BatchNorm2d):
    def __init__(self, channels, momentum=0.1):
        super().__init__(channels, momentum=momentum)


class LeakyReLU(nn.Module):
    def __init__(self, inplace, slope=0.2):
        super().__init__()
        self.inplace, self.slope = inplace, slope

    def forward(self, x):
        return nn.functional.leaky_relu(x, self.slope, self.inplace)


torch.manual_seed(0)
x = torch.randn(96, 1, 6, 6)
y = x.flatten(1)[:, :3].argmax(1)
model = nn.Sequential(
    nn.Conv2d(1, 6, 3), BatchNorm2d(6, 0.2), LeakyReLU(False), nn.Flatten(), nn.Linear(96, 3)
)
scales = torch.empty(96, 1, 1, 1).uniform_(0.8)
optimizer = torch.optim.SGD(model.parameters(), 0.05, 0.05)
for start in range(0, 96, 16):
    rows = slice(start, start + 16)
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[rows] * scales[rows]), y[rows])
    loss.backward()
    optimizer.step()
