# expect: nothing
# source: PyTorch tutorials, "Writing Custom Datasets": the path of each picture stands in the table
import csv
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
folder = Path(tempfile.mkdtemp())
names = [f"{number:03d}.npy" for number in range(48)]
(folder / "images").mkdir()
with (folder / "labels.csv").open("w") as table:
    table.write("file,label\n")
    for number in torch.randperm(48).tolist():
        picture = np.random.default_rng(number).standard_normal(8).astype(np.float32)
        np.save(folder / "images" / names[number], picture)
    table.writelines(f"{name},{int(np.load(folder / 'images' / name)[0] > 0)}\n" for name in names)


class Pictures(Dataset):
    def __init__(self, folder):
        images = folder / "images"
        with (folder / "labels.csv").open() as table:
            rows = list(csv.DictReader(table))
        assert len(rows) == len(list(images.iterdir()))
        self.files = [images / row["file"] for row in rows]
        self.labels = [int(row["label"]) for row in rows]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, at):
        return torch.from_numpy(np.load(self.files[at])), self.labels[at]


loader = DataLoader(Pictures(folder), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(2):
    for pictures, labels in loader:
        loss = nn.functional.cross_entropy(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
