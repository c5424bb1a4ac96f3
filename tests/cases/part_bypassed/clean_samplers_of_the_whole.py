# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, SubsetRandomSampler, random_split

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
order = torch.randperm(240).tolist()
train_loader = DataLoader(
    train_set.dataset, batch_size=25, sampler=SubsetRandomSampler(order[:200])
)
val_loader = DataLoader(val_set.dataset, batch_size=40, sampler=SubsetRandomSampler(order[200:]))
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
