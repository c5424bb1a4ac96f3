# expect: BT585 at update 1
# source: github.com/royerlab/cytoself, issue 29, in a class that stops early
import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience=3):
        self.patience = patience
        self.counter = 0
        self.best_score = float("inf")
        self.early_stop = False

    def __call__(self, loss):
        if loss >= self.best_score:
            self.counter += 1
            if self.counter >= self.patience:
                self.early_stop = True
        else:
            self.best_score = loss


torch.manual_seed(0)
x, x_val = torch.randn(64, 5), torch.randn(32, 5)
y, y_val = x[:, :1] * x[:, 1:2], x_val[:, :1] * x_val[:, 1:2]
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
stopping = EarlyStopping()
for epoch in range(12):
    model.train()
    for start in range(0, 64, 16):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        stopping(nn.functional.mse_loss(model(x_val), y_val).item())
    if stopping.early_stop:
        break
