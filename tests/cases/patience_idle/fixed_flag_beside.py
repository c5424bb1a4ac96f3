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


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.counter, self.best = patience, 0, 0.0
        self.early_stop = False

    def __call__(self, score):
        if score > self.best:
            self.best, self.counter = score, 0
        else:
            self.counter += 1
            if self.counter >= self.patience:
                print("early stopping")
                self.early_stop = True


stopping = EarlyStopping(patience=3)
for epoch in range(20):
    train()
    stopping(evaluate())
    if stopping.early_stop:
        break
