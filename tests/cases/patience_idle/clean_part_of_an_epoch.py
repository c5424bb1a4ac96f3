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


best, waited, patience, stop = 0.0, 0, 3, False
while not stop:
    for number, (inputs, targets) in enumerate(loader, 1):
        model.train()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
        if number == 6:  # an epoch is over when it was validated
            accuracy = evaluate()
            waited = 0 if accuracy > best else waited + 1
            best = max(best, accuracy)
            if waited >= patience:
                stop = True
            break
