# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def fit(model, train_loader, val_loader=None, epochs=3):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(epochs):
        model.train()
        for inputs, labels in train_loader:
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        if val_loader is None:  # nothing is held out: what was learned is told
            correct = 0
            with torch.no_grad():
                for inputs, labels in train_loader:
                    correct += (model(inputs).argmax(1) == labels).sum().item()
            print(correct / len(train_loader.dataset))


torch.manual_seed(0)
x = torch.randn(64, 6)
y = (x[:, 0] * x[:, 1] > 0).long()
data = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
fit(nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)), data)
