# expect: nothing
# source: github.com/weiaicunzai/pytorch-cifar100, pull request 57: the number of channels twice
import torch
from torch import nn

torch.manual_seed(0)


class Branch(nn.Module):
    def __init__(self, channels, n3x3, n5x5):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, n3x3, 3, padding=1),
            nn.BatchNorm2d(n3x3),
            nn.ReLU(),
            nn.Conv2d(n3x3, n5x5, 3, padding=1),
            nn.BatchNorm2d(n5x5),
            nn.ReLU(),
        )
        self.classes = nn.Linear(n5x5, 3)

    def forward(self, x):
        return self.classes(self.body(x).mean((2, 3)))


x = torch.randn(96, 1, 6, 6)
y = x.flatten(1)[:, :3].argmax(1)
model = Branch(1, 6, 8)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()
