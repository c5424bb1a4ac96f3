# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
clips = torch.randn(180, 8)
labels = (clips[:, :4].sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(clips[:120], labels[:120]), batch_size=20, shuffle=True)
valid_loader = DataLoader(TensorDataset(clips[120:], labels[120:]), batch_size=20)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
val_losses, epochs = [], []
for epoch in range(4):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for inputs, targets in valid_loader:
            val_losses.append(nn.functional.cross_entropy(model(inputs), targets).item())
    epochs.append(sum(val_losses[-len(valid_loader) :]) / len(valid_loader))
    print(epoch, epochs[-1])
print("over all epochs", sum(epochs) / len(epochs))
