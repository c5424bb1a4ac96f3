# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def train():
    model.train()
    for inputs, targets in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()


def evaluate():
    model.eval()
    with torch.no_grad():
        return (model(x[256:]).argmax(1) == y[256:]).float().mean().item()


class Trainer:
    def __init__(self, patience):
        self.patience = patience
        self.epochs_no_improve = 0
        self.best = 0.0

    def fit(self, epochs):
        for epoch in range(epochs):
            train()
            accuracy = evaluate()
            if accuracy > self.best:
                self.best = accuracy
                self.epochs_no_improve = 0
            else:
                self.epochs_no_improve += 1
            if self.epochs_no_improve >= self.patience:
                print(f"early stopping in epoch {epoch}")
                break
        return self.best


print(Trainer(patience=3).fit(20))
