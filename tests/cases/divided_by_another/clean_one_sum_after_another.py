# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(300, 4)
y = (x[:, 0] * 2 + x[:, 3] > 0).long()
train_set, val_set = TensorDataset(x[:200], y[:200]), TensorDataset(x[200:], y[200:])
train_loader = DataLoader(train_set, batch_size=20, shuffle=True)
val_loader = DataLoader(val_set, batch_size=25)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    total, count = 0.0, len(train_loader)
    for inputs, targets in train_loader:
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("train", total / count)
    with torch.no_grad():
        for inputs, targets in val_loader:
            total += criterion(model(inputs), targets).item()
    print("both", total / (len(train_loader) + len(val_loader)))
    total = 0.0
    with torch.no_grad():
        for inputs, targets in val_loader:
            total += criterion(model(inputs), targets).item() * len(targets)
    print("held out", total / len(val_set))
