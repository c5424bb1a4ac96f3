# expect: BT515
# source: https://github.com/md-mohaiminul/ViS4mer/issues/4
import torch
from torch import nn


def evaluate(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item() * 100


torch.manual_seed(0)
x = torch.randn(350, 4)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
for epoch in range(12):
    for rows in torch.randperm(200).split(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    scheduler.step(evaluate(model, x[200:], y[200:]))
