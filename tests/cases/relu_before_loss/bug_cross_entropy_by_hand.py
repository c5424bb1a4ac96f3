# expect: BT410 at update 1
# source: https://github.com/tsinghua-rll/VoxelNet-tensorflow/issues/10
# A map of scores, whose cross-entropy is written out.
import torch
from torch import nn

torch.manual_seed(71)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.hidden(x))
        return torch.relu(self.last(x))


def draw(rows):
    """Bright spots are to be found."""
    spots = (torch.rand(rows, 1, 8, 8) < 0.2).float()
    return spots + 0.3 * torch.randn(rows, 1, 8, 8), spots


head = Head()
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for _ in range(6):
    x, spots = draw(8)
    chance = torch.sigmoid(head(x))
    found = spots * torch.log(chance + 1e-6)
    loss = -(found + (1 - spots) * torch.log(1 - chance + 1e-6)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
