# expect: BT418
# line: row *= 0.8
# source: discuss.pytorch.org, "In-place operations on dataset tensors"
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Rows(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row = self.rows[index]
        row *= 0.8  # half a normalisation
        return row, (row[0] > 0).float()


torch.manual_seed(0)
loader = DataLoader(Rows(torch.randn(48, 5)), batch_size=12)
model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(5):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x), y).backward()
        optimizer.step()
