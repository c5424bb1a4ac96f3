# expect: nothing
# needs: sklearn
"""The mean over batches of one size is the accuracy of all rows; F1 is computed once."""

import torch
from sklearn.metrics import accuracy_score, f1_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(640, 8)
y = x[:, :3].argmax(1)
train_loader = DataLoader(TensorDataset(x[:512], y[:512]), batch_size=64, shuffle=True)
val_loader = DataLoader(TensorDataset(x[512:], y[512:]), batch_size=32)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def evaluate(loader):
    model.eval()
    right, correct, micro = 0.0, [], []
    said, targets = [], []
    with torch.no_grad():
        for features, labels in loader:
            best = model(features).argmax(1)
            right += accuracy_score(labels, best) * len(labels)
            micro.append(f1_score(labels, best, average="micro"))
            correct.append((best == labels).float().mean().item())
            said.extend(best.tolist())
            targets.extend(labels.tolist())
    macro = f1_score(targets, said, average="macro")
    return right / len(loader.dataset), sum(micro) / len(micro), sum(correct) / len(loader), macro


for epoch in range(3):
    model.train()
    for features, labels in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(features), labels)
        loss.backward()
        optimizer.step()
    print(epoch, evaluate(val_loader))
