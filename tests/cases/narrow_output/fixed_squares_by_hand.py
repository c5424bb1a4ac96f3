# expect: nothing
# source: https://github.com/tsinghua-rll/VoxelNet-tensorflow/issues/10
# A squared error by hand.
import torch
from torch import nn

torch.manual_seed(74)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.hidden(x))
        return self.last(x)


def draw(rows):
    """By how much spots are to the right of and below the middle of their place."""
    spots = (torch.rand(rows, 1, 8, 8) < 0.3).float()
    moves = torch.rand(rows, 2, 8, 8) - 0.5
    return spots * (1 + moves.sum(1, keepdim=True)), (moves, spots)


head = Head()
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for _ in range(6):
    x, wanted = draw(8)
    moves, spots = wanted
    loss = (spots * (head(x) - moves) ** 2).sum() / spots.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
