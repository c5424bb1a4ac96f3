# expect: nothing
# source: https://github.com/tsinghua-rll/VoxelNet-tensorflow/issues/10
# A map of scores and a focal loss.
import torch
from torch import nn

torch.manual_seed(72)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.hidden(x))
        return self.last(x)


def draw(rows):
    """Bright spots are to be found."""
    spots = (torch.rand(rows, 1, 8, 8) < 0.2).float()
    return spots + 0.3 * torch.randn(rows, 1, 8, 8), spots


head = Head()
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for _ in range(6):
    x, spots = draw(8)
    chance = torch.sigmoid(head(x)).clamp(1e-4, 1 - 1e-4)
    right = torch.where(spots == 1, chance, 1 - chance)
    loss = -((1 - right) ** 2 * right.log()).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
