# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Recordings(Dataset):
    """Of each recording so many pictures, in which one kind of thing is seen."""

    def __init__(self, kinds=3, each=24):
        self.kinds, self.each = kinds, each

    def __len__(self):
        return self.kinds * self.each

    def __getitem__(self, i):
        kind = i // self.each
        draw = torch.Generator().manual_seed(i)
        row, column = torch.randint(0, 5, (2,), generator=draw).tolist()
        picture, mask = 0.3 * torch.randn(1, 8, 8, generator=draw), torch.full((8, 8), 3)
        mask[row : row + 3, column : column + 3] = kind
        picture[0] += 0.5 * (mask - 3)
        return picture, mask


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()
loader = DataLoader(Recordings(), batch_size=6, shuffle=True)
for _ in range(2):
    for pictures, masks in loader:
        scores = model(pictures).permute(0, 2, 3, 1).reshape(-1, 4)
        loss = criterion(scores, masks.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
