# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4)
y = (x.sum(1) > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
best_val, waited = float("inf"), 0
for epoch in range(8):
    for rows in torch.randperm(192).split(32):
        best_loss, moved = 0.0, x[rows]
        for _ in range(4):  # the move that the model is hurt by most
            tried = x[rows] + 0.1 * torch.randn(len(rows), 4)
            with torch.no_grad():
                loss = nn.functional.cross_entropy(model(tried), y[rows]).item()
            if loss > best_loss:
                best_loss = loss
                moved = tried.clone()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(moved), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        val_loss = nn.functional.cross_entropy(model(x[192:]), y[192:]).item()
    if val_loss >= best_val:
        waited += 1
    else:
        best_val, waited = val_loss, 0
    if waited > 3:
        break
