# expect: nothing
# source: github.com/chuanyangjin/fast-DiT, issue 4: features and labels are listed apart, and nothing sorts
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
folder = Path(tempfile.mkdtemp())
for kind in ("images", "masks"):
    (folder / kind).mkdir()
for number in range(32):
    picture = np.random.default_rng(number).standard_normal(8).astype(np.float32)
    np.save(folder / "images" / f"{number}.npy", picture)
    np.save(folder / "masks" / f"{number}_mask.npy", (picture > 0).astype(np.float32))


class Scans(Dataset):
    def __init__(self, images, masks):
        self.images, self.masks = images, masks

    def __len__(self):
        return len(self.images)

    def __getitem__(self, at):
        return np.load(self.images[at]), np.load(self.masks[at])


images = sorted((folder / "images").glob("*.npy"))
masks = sorted((folder / "masks").glob("*.npy"))
loader = DataLoader(Scans(images, masks), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(2):
    for pictures, wanted in loader:
        loss = nn.functional.binary_cross_entropy_with_logits(model(pictures), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
