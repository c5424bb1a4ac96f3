# expect: nothing
"""What the mask holds is weights of the loss; a score of the rows takes none."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def train(model, loader, criterion, optimizer):
    model.train()
    total = count = 0
    for x, targets, masks in loader:
        masks = masks.to(x.device)
        loss = (criterion(model(x), targets) * masks).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * masks.numel()
        count += masks.numel()
    return total / count


def score(model, val_loader):
    model.eval()
    right = rows = 0
    with torch.no_grad():
        for x, targets, masks in val_loader:
            right += ((model(x) > 0) == targets).sum().item()
            rows += targets.numel()
    return right / rows


x = torch.randn(96, 6, 4)
y = (x.cumsum(1) > 0).float()
masks = torch.where(y > 0, 1.0, 0.5)
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = TensorDataset(x[:64], y[:64], masks[:64])
held_out = TensorDataset(x[64:], y[64:], masks[64:])
for _ in range(3):
    train(
        model, DataLoader(rows, 16, shuffle=True), nn.BCEWithLogitsLoss(reduction="none"), optimizer
    )
    print(score(model, DataLoader(held_out, 16)))
