# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

torch.manual_seed(0)


class Waves(Dataset):
    def __init__(self, count):
        pitch = torch.arange(count) % 2
        time = torch.linspace(0, 6.28, 16)
        self.data = torch.sin((1 + pitch)[:, None] * time) + 0.4 * torch.randn(count, 16)
        self.targets = pitch
        self.classes = ["low", "high"]

    def __len__(self):
        return len(self.data)

    def __getitem__(self, at):
        return self.data[at], self.targets[at]


train_set, val_set = random_split(Waves(240), [200, 40])
classes = val_set.dataset.classes
train_x = train_set.dataset.data[train_set.indices]
train_y = train_set.dataset.targets[train_set.indices]
val_x, val_y = (each[val_set.indices] for each in (val_set.dataset.data, val_set.dataset.targets))
train_loader = DataLoader(TensorDataset(train_x, train_y), batch_size=25, shuffle=True)
val_loader = DataLoader(TensorDataset(val_x, val_y), batch_size=40)
model = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, len(classes)))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        losses = [nn.functional.cross_entropy(model(x), y) for x, y in val_loader]
    print(f"epoch {epoch}: {sum(losses).item() / len(losses):.3f}")
