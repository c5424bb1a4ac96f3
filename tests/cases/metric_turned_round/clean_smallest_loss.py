# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class ModelCheckpoint:
    """As Lightning's, as far as it is used here."""

    def __init__(self, monitor, mode="min", patience=3):
        self.monitor, self.mode, self.patience = monitor, mode, patience
        self.best, self.state, self.waited = None, None, 0

    def look(self, metrics, model):
        now = metrics[self.monitor]
        better = self.best is None or (now < self.best if self.mode == "min" else now > self.best)
        self.waited = 0 if better else self.waited + 1
        if better:
            self.best = now
            self.state = {name: value.clone() for name, value in model.state_dict().items()}
        return self.waited >= self.patience


inputs = torch.randn(96, 6)
labels = inputs[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
kept = ModelCheckpoint(monitor="val_loss", mode="min")
for epoch in range(4):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.cross_entropy(model(inputs[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        given = model(inputs[64:])
        right = (given.argmax(1) == labels[64:]).float().mean().item()
        off = nn.functional.cross_entropy(given, labels[64:]).item()
    if kept.look({"val_acc": right, "val_loss": off, "val/accuracy_error": off}, model):
        break
print(kept.best)
