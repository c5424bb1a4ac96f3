# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def train(model, loader, optimizer):
    model.train()
    for x, targets, mask in loader:
        loss = nn.functional.mse_loss(model(x), targets, reduction="none")
        loss = (loss * mask).sum() / mask.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def validate(model, loader):
    model.eval()
    total = count = 0
    with torch.no_grad():
        for x, targets, mask in loader:
            total += ((model(x) - targets).pow(2) * mask).sum().item()
            count += mask.sum().item()
    return total / count


x = torch.randn(96, 6, 4)
lengths = torch.randint(2, 7, (96, 1, 1))
mask = (torch.arange(6)[:, None] < lengths).float().expand(-1, -1, 4)
x, y = x * mask, x.cumsum(1) * mask
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows, held_out = TensorDataset(x[:64], y[:64], mask[:64]), TensorDataset(x[64:], y[64:], mask[64:])
for _ in range(3):
    train(model, DataLoader(rows, 16, shuffle=True), optimizer)
    print(validate(model, DataLoader(held_out, 16)))
