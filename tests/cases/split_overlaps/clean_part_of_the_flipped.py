# expect: nothing
# Training pictures are flipped by chance, and half of them are measured as they are, as a probe.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
pictures = torch.rand(96, 1, 6, 6)
labels = (pictures[:, 0, :3].mean((1, 2)) > pictures[:, 0, 3:].mean((1, 2))).long()


class Pictures(Dataset):
    def __init__(self, rows, flips):
        self.rows, self.flips = rows, flips

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, at):
        picture = pictures[self.rows[at]]
        if self.flips and torch.rand(()) < 0.5:
            picture = picture.flip(-1)
        return picture, labels[self.rows[at]]


train = DataLoader(Pictures(range(64), flips=True), batch_size=16, shuffle=True)
probe = DataLoader(Pictures(range(32), flips=False), batch_size=16)
test = DataLoader(Pictures(range(64, 96), flips=False), batch_size=16)
model = nn.Sequential(nn.Flatten(), nn.Linear(36, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    model.train()
    for inputs, classes in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), classes).backward()
        optimizer.step()
    model.eval()
    for name, loader in (("training", probe), ("test", test)):
        with torch.no_grad():
            right = sum((model(a).argmax(1) == b).sum().item() for a, b in loader)
        print(f"epoch {epoch}, {name}: {right / len(loader.dataset):.2f}")
