# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] * x[:, 1] > 0).long()
train_loader = DataLoader(TensorDataset(x[:64], y[:64]), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x[64:], y[64:]), batch_size=16)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

for epoch in range(3):
    model.train()
    for inputs, labels in train_loader:
        loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    train_correct = val_correct = 0
    with torch.no_grad():
        for inputs, labels in train_loader:
            train_correct += (model(inputs).argmax(1) == labels).sum().item()
        for inputs, labels in val_loader:
            val_correct += (model(inputs).argmax(1) == labels).sum().item()
    print(train_correct / len(train_loader.dataset), val_correct / len(val_loader.dataset))
