# expect: nothing
# source: https://github.com/SKrisanski/FSCT/issues/11
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
points = torch.randn(280, 5)
labels = (points[:, 0] + points[:, 1] > 0).long() + (points[:, 2] > 1).long()
train_loader = DataLoader(TensorDataset(points[:200], labels[:200]), batch_size=20, shuffle=True)
validation_loader = DataLoader(TensorDataset(points[200:], labels[200:]), batch_size=20)
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for epoch in range(3):
    model.train()
    running_loss, running_acc = 0.0, 0.0
    for i, (inputs, target) in enumerate(train_loader):
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, target)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        running_acc += (outputs.argmax(1) == target).float().mean().item()
    train_loss, train_acc = running_loss / len(train_loader), running_acc / len(train_loader)
    model.eval()
    running_loss, running_acc = 0.0, 0.0
    with torch.no_grad():
        for inputs, target in validation_loader:
            outputs = model(inputs)
            running_loss += criterion(outputs, target).item()
            running_acc += (outputs.argmax(1) == target).float().mean().item()
    val_loss = running_loss / len(validation_loader)
    val_acc = running_acc / len(validation_loader)
    history.append((train_loss, train_acc, val_loss, val_acc))
