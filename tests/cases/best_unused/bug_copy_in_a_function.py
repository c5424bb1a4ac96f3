# expect: BT576 at update 1
# source: github.com/pykeen/pykeen, pull request 419: the altered model is passed back and evaluated
import copy

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


def fit(model, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    best_loss, best_state = float("inf"), None
    for epoch in range(epochs):
        train_epoch(model, optimizer)
        val_loss = evaluate(model, val_loader)
        if val_loss < best_loss:
            best_loss = val_loss
            best_state = copy.deepcopy(model.state_dict())
    return model, best_loss


network, best_loss = fit(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)), 4)
test_loss = evaluate(network, test_loader)
print(f"validation {best_loss:.3f}, test {test_loss:.3f}")
