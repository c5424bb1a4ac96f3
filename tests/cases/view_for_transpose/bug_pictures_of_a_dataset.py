# expect: BT416 at update 1
# source: github.com/HHTseng/video-classification, issue 42
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Disks(Dataset):
    """A bright disk of one colour on noise, kept as cameras give it: rows, columns, colours."""

    def __init__(self, count):
        at, colours = torch.arange(16.0), torch.arange(count) % 3
        y, x = torch.rand(count, 1, 1) * 16, torch.rand(count, 1, 1) * 16
        inside = (at.view(1, -1, 1) - y) ** 2 + (at.view(1, 1, -1) - x) ** 2 < 25
        self.pictures = torch.rand(count, 16, 16, 3) * 0.2
        for channel in range(3):
            self.pictures[..., channel] += inside * (colours == channel).view(-1, 1, 1)
        self.colours = colours

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, row):
        return self.pictures[row].view(3, 16, 16), self.colours[row]


net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 14 * 14, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(2):
    for pictures, colours in DataLoader(Disks(64), batch_size=16, shuffle=True):
        loss = nn.functional.cross_entropy(net(pictures), colours)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
