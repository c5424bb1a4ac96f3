# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

MEAN, DEVIATION = 0.45, 0.25


class Pictures(Dataset):
    def __init__(self, count, seed, transform):
        generator = torch.Generator().manual_seed(seed)
        self.labels = torch.randint(0, 3, (count,), generator=generator)
        noise = torch.randn(count, 1, 8, 8, generator=generator)
        self.pictures = (MEAN + DEVIATION * noise + 0.1 * self.labels[:, None, None, None]).clamp(
            0, 1
        )
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, at):
        return self.transform(self.pictures[at]), self.labels[at]


def normalize(picture):
    return (picture - MEAN) / DEVIATION


def evaluate(net, loader):
    net.eval()
    with torch.no_grad():
        return sum((net(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset)


torch.manual_seed(0)
train = DataLoader(Pictures(128, 0, normalize), batch_size=16, shuffle=True)
test = DataLoader(Pictures(64, 1, normalize), batch_size=32)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(3):
    net.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    print(epoch, evaluate(net, test))
