# expect: BT583 at update 1
# source: github.com/JackieHanLab/TOSICA, pull request 11: both sets are made of the parts' whole
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

torch.manual_seed(0)


class Rings(Dataset):
    def __init__(self, count):
        radius = 1 + torch.arange(count) % 3
        angle = torch.rand(count) * 6.28
        self.data = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
        self.data += 0.15 * torch.randn(count, 2)
        self.targets = radius - 1
        self.classes = ["inner", "middle", "outer"]

    def __len__(self):
        return len(self.data)

    def __getitem__(self, at):
        return self.data[at], self.targets[at]


class Data:
    def __init__(self, batch_size=32):
        self.batch_size = batch_size

    def setup(self):
        self.train_part, self.val_part = random_split(Rings(300), [240, 60])

    def train_dataloader(self):
        return DataLoader(self.train_part.dataset, batch_size=self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_part, batch_size=self.batch_size)


data = Data()
data.setup()
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
loss_function = nn.CrossEntropyLoss()
for epoch in range(4):
    model.train()
    for points, rings in data.train_dataloader():
        optimizer.zero_grad()
        loss_function(model(points), rings).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        losses = [loss_function(model(points), rings) for points, rings in data.val_dataloader()]
    print(f"epoch {epoch}: {sum(losses).item() / len(losses):.3f}")
