# expect: nothing
# source: github.com/yakhyo/darknet-pytorch, issue 2: the shortcut is added twice in a residual block
import torch
from torch import nn

torch.manual_seed(0)


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(channels, channels // 2, 1), nn.LeakyReLU(0.1))
        self.expand = nn.Conv2d(channels // 2, channels, 3, padding=1)

    def forward(self, x):
        residual = x
        out = self.squeeze(x)
        out = self.expand(out)
        return out + residual


model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    ResidualBlock(16),
    ResidualBlock(16),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(16, 2),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(25):
    labels = torch.randint(2, (32,))
    images = torch.randn(32, 1, 8, 8) + labels[:, None, None, None]
    loss = nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
