# expect: nothing
# source: docs.pytorch.org, broadcasting semantics: (B, 1) and (B,) are broadcastable
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 5)
y = (x[:, 0] + x[:, 1] > 0).float()
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def evaluate(model, loader):
    model.eval()
    correct = 0.0
    with torch.no_grad():
        for inputs, labels in loader:
            outputs = model(inputs)
            correct += ((outputs[:, 0] > 0).float() == labels).sum().item() / len(labels)
    return correct / len(loader)


for epoch in range(3):
    model.train()
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs).squeeze(1), labels)
        loss.backward()
        optimizer.step()
    print(epoch, evaluate(model, loader))
