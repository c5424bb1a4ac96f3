# expect: BT515
# source: github.com/md-mohaiminul/ViS4mer, issue 4
# Accuracy rises, and stays where the first cut left it.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(600, 2) * 2 - 1
y = (x[:, 0] * x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=2)
for epoch in range(14):
    for rows in torch.randperm(400).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (model(x[400:]).argmax(1) == y[400:]).float().mean().item()
    scheduler.step(accuracy)
