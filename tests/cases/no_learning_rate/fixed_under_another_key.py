# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))


class Trainer:
    """Steps what is under "lr_scheduler" after each step of the optimizer, as Lightning does."""

    def __init__(self, optimizer, **others):
        self.optimizer = optimizer
        self.scheduler = others.get("lr_scheduler")

    def fit(self, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(256).split(32):
                loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                if self.scheduler is not None:
                    self.scheduler.step()


def configure():
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(step / 10, (80 - step) / 70)
    )
    return {"optimizer": optimizer, "lr_scheduler": scheduler}


Trainer(**configure()).fit(10)
