# expect: BT418 at update 13
# source: https://github.com/facebookresearch/pycls/pull/21
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Pictures(Dataset):
    def __init__(self, count):
        self.labels = rng.integers(0, 3, count)
        noise = 40 * rng.standard_normal((count, 3, 6, 6))
        pictures = 120 + noise + 60 * np.eye(3)[self.labels][:, :, None, None]
        self.pictures = pictures.astype(np.float32)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        picture = self.pictures[index]
        for channel in range(3):
            picture[channel] = (picture[channel] - 120.0) / 60.0
        return torch.from_numpy(picture).float(), int(self.labels[index])


loader = DataLoader(Pictures(64), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(108, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(9):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
