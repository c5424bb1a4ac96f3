# expect: BT537 at update 15
# source: https://github.com/lss-1138/SparseTSF/issues/3
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
series = torch.sin(torch.arange(800) * 0.2) + 0.1 * torch.randn(800)


class Windows(Dataset):
    def __init__(self, first, last):
        self.part = series[first:last]

    def __len__(self):
        return len(self.part) - 31

    def __getitem__(self, at):
        return self.part[at : at + 24], self.part[at + 24 : at + 32]


def provide(flag):
    first, last = {"train": (0, 500), "test": (500, 800)}[flag]
    shuffle = flag == "train"
    return DataLoader(Windows(first, last), batch_size=32, shuffle=shuffle, drop_last=True)


train_loader, test_loader = provide("train"), provide("test")
model = nn.Sequential(nn.Linear(24, 32), nn.Tanh(), nn.Dropout(0.05), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(3):
    model.train()
    for past, future in train_loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(past), future).backward()
        optimizer.step()
    model.eval()
    errors = []
    with torch.no_grad():
        for past, future in test_loader:
            errors.append(nn.functional.mse_loss(model(past), future).item())
    print(f"epoch {epoch}, test {sum(errors) / len(errors):.4f}")
