# expect: nothing
# Features are computed when an example is drawn for the first time, and kept.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Cached(Dataset):
    def __init__(self):
        self.raw = torch.randn(24, 4)
        self.features = torch.full((24, 8), torch.nan)
        self.uses = torch.zeros(24, dtype=torch.long)

    def __len__(self):
        return 24

    def __getitem__(self, index):
        self.uses[index] += 1
        if self.features[index].isnan().any():
            self.features[index] = torch.cat([self.raw[index].sin(), self.raw[index].cos()])
        return self.features[index], self.raw[index].sum()


torch.manual_seed(0)
model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loader = DataLoader(Cached(), batch_size=6)
for epoch in range(4):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x).squeeze(1), y).backward()
        optimizer.step()
