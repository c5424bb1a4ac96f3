# expect: BT418 at update 13
# line: image[:, row :
# source: https://github.com/facebookresearch/pycls/pull/21
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Pictures(Dataset):
    def __init__(self):
        self.images = torch.randn(32, 3, 6, 6)
        self.labels = torch.randint(0, 2, (32,))

    def __len__(self):
        return 32

    def __getitem__(self, index):
        image = self.images[index]
        row, column = torch.randint(0, 5, (2,)).tolist()
        image[:, row : row + 2, column : column + 2] = 0.0
        return image, self.labels[index]


torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(108, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loader = DataLoader(Pictures(), batch_size=8, shuffle=True)
for epoch in range(4):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
