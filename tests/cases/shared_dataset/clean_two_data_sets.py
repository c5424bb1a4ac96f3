# expect: nothing
# Each part is of a data set of its own.

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Rows(Dataset):
    def __init__(self, transform=None):
        self.inputs = torch.randn(80, 6)
        self.labels = self.inputs[:, :3].argmax(1)
        self.transform = transform

    def __len__(self):
        return 80

    def __getitem__(self, at):
        row = self.inputs[at]
        return (row if self.transform is None else self.transform(row)), self.labels[at]


def blur(row):
    return row + 0.1 * torch.randn_like(row)


places = torch.randperm(80).tolist()
train_set = torch.utils.data.Subset(Rows(), places[:64])
val_set = torch.utils.data.Subset(Rows(), places[64:])
train_set.dataset.transform = blur

model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    model.train()
    for inputs, labels in DataLoader(train_set, batch_size=16, shuffle=True):
        loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = [(model(a).argmax(1) == b).sum().item() for a, b in DataLoader(val_set, 16)]
    print(sum(right))
