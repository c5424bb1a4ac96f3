# expect: nothing
import tempfile

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 8)
y = (x[:, :2].sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(x[:200], y[:200]), batch_size=20, shuffle=True)
val_loader = DataLoader(TensorDataset(x[200:260], y[200:260]), batch_size=30)
test_loader = DataLoader(TensorDataset(x[260:], y[260:]), batch_size=30)


def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        losses = [nn.functional.cross_entropy(model(a), b).item() for a, b in loader]
    return sum(losses) / len(losses)


def train_epoch(model, optimizer):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()


model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
path = f"{tempfile.mkdtemp()}/best.pt"
best_loss, waited = float("inf"), 0
for epoch in range(6):
    train_epoch(model, optimizer)
    val_loss = evaluate(model, val_loader)
    if val_loss < best_loss:
        best_loss, waited = val_loss, 0
        test_loss = evaluate(model, test_loader)
        torch.save(model.state_dict(), path)
    else:
        waited += 1
        if waited == 2:
            break
print("test loss", test_loss)
print("test loss at the end", evaluate(model, test_loader))
