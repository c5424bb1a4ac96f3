# expect: nothing
# A batch has one row: its mean is that row's loss.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(loader, model, loss_fn, optimizer):
    for X, y in loader:
        optimizer.zero_grad()
        loss_fn(model(X), y).backward()
        optimizer.step()


def test(dataloader, model, loss_fn):
    size = len(dataloader.dataset)
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).sum().item()
    test_loss /= size
    correct /= size
    print(f"accuracy {correct:.3f}, loss {test_loss:.4f}")


torch.manual_seed(0)
x = torch.randn(240, 6)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
training = DataLoader(TensorDataset(x[:160], y[:160]), batch_size=20, shuffle=True)
held_out = DataLoader(TensorDataset(x[160:], y[160:]), batch_size=1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    train(training, model, loss_fn, optimizer)
    test(held_out, model, loss_fn)
