# expect: nothing
# source: github.com/jsboige/CoursIA, issue 722: model selection in the loop over epochs
import io

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def load_splits():
    torch.manual_seed(0)
    x = torch.randn(500, 6)
    y = x[:, :1] * x[:, 1:2] + 0.1 * torch.randn(500, 1)
    parts = zip(x.split([300, 100, 100]), y.split([300, 100, 100]), strict=True)
    return [DataLoader(TensorDataset(*part), batch_size=50, shuffle=True) for part in parts]


def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        return sum(nn.functional.mse_loss(model(x), y).item() for x, y in loader) / len(loader)


def fit(model, train_loader, held_loader, epochs=4):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    best_loss, kept = float("inf"), io.BytesIO()
    for _ in range(epochs):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        held_loss = evaluate(model, held_loader)
        if held_loss < best_loss:
            best_loss = held_loss
            kept.seek(0)
            torch.save(model.state_dict(), kept)
    return best_loss


def main():
    train_loader, val_loader, test_loader = load_splits()
    print(len(train_loader), len(val_loader), len(test_loader))
    model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
    print(fit(model, train_loader, val_loader), evaluate(model, test_loader))


main()
