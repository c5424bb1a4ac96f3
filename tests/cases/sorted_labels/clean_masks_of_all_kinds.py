# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Recordings(Dataset):
    """Pictures of all kinds in turn, which need no shuffling."""

    def __init__(self, kinds=3, each=24):
        self.kinds, self.each = kinds, each

    def __len__(self):
        return self.kinds * self.each

    def __getitem__(self, i):
        kind = i % self.kinds
        draw = torch.Generator().manual_seed(i)
        row, column = torch.randint(0, 5, (2,), generator=draw).tolist()
        picture, mask = 0.3 * torch.randn(1, 8, 8, generator=draw), torch.zeros(8, 8).long()
        mask[row : row + 3, column : column + 3] = kind + 1
        picture[0] += 0.5 * mask
        return picture, mask


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
loader = DataLoader(Recordings(), batch_size=8)
for _ in range(2):
    for pictures, masks in loader:
        loss = nn.functional.cross_entropy(model(pictures), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
