# expect: nothing
# One class is said for some epochs; then fewer cases are mistaken.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(600, 2) * 2 - 1
y = (x[:, 0] + x[:, 1] > 0.3).long()
model = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 2))
with torch.no_grad():
    model[2].weight.zero_()
    model[2].bias.copy_(torch.tensor([2.0, -2.0]))
optimizer = torch.optim.SGD(model.parameters(), lr=0.03)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=3)
for epoch in range(16):
    for rows in torch.randperm(400).split(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        share = (model(x[400:]).argmax(1) != y[400:]).float().mean().item()
    scheduler.step(share)
