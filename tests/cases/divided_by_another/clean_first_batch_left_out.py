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
change = 0.0
for epoch in range(3):
    moved, last = 0.0, 0.0
    for index, (inputs, targets) in enumerate(train_loader):
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if index > 0:
            moved += abs(loss.item() - last)
        last = loss.item()
    print("from batch to batch", moved / index)
    with torch.no_grad():
        right = 0
        for number, (inputs, targets) in enumerate(val_loader, start=1):
            right += (model(inputs).argmax(1) == targets).float().mean().item()
    print("accuracy", right / number)
