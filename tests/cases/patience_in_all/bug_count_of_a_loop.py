# expect: BT585 at update 1
# source: github.com/royerlab/cytoself, issue 29: the early stop counts epochs that do not follow each other
from copy import deepcopy

import torch
from torch import nn

torch.manual_seed(0)
x, x_val = torch.randn(64, 5), torch.randn(32, 5)
y, y_val = x[:, :1] * x[:, 1:2], x_val[:, :1] * x_val[:, 1:2]
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
best_loss, no_improve, patience = float("inf"), 0, 3
best_model = model
for epoch in range(12):
    model.train()
    for start in range(0, 64, 16):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = nn.functional.mse_loss(model(x_val), y_val).item()
    if val_loss < best_loss:
        best_loss = val_loss
        best_model = deepcopy(model)
    else:
        no_improve += 1
    if no_improve >= patience:
        print("early stop")
        break
with torch.no_grad():
    print(nn.functional.mse_loss(best_model(x_val), y_val).item())
