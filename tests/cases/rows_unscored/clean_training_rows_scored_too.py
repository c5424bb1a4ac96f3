# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
x = torch.randn(300, 6)
rows = TensorDataset(x, (x[:, :3].sum(1) > 0).long())
train_loader = DataLoader(rows, batch_size=64, shuffle=True, drop_last=True)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def score(loader):
    model.eval()
    right = count = 0
    with torch.no_grad():
        for inputs, labels in loader:
            right += (model(inputs).argmax(1) == labels).sum().item()
            count += len(labels)
    model.train()
    return right / count


print("before", score(train_loader))
for epoch in range(4):
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    print(epoch, score(train_loader))
