# expect: nothing
import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.counter, self.best_score = patience, 0, None
        self.early_stop = False

    def __call__(self, val_loss, model):
        score = -val_loss
        if self.best_score is None:
            self.best_score = score
        elif score < self.best_score:
            self.counter += 1
            if self.counter >= self.patience:
                self.early_stop = True
        else:
            self.best_score = score
            self.counter = 0
            self.kept = {name: each.clone() for name, each in model.state_dict().items()}


torch.manual_seed(0)
x = torch.randn(320, 4)
y = x.sum(1, keepdim=True)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
stopping = EarlyStopping(patience=4)
for epoch in range(20):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        stopping(nn.functional.mse_loss(model(x[256:]), y[256:]).item(), model)
    if stopping.early_stop:
        break
