# expect: BT582 at update 1
# source: github.com/amoudgl/pygoturn, issue 16: the rate decays in each pass that fills a batch
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def lower(optimizer, step, lr):
    lr = lr * 0.5
    for group in optimizer.param_groups:
        group["lr"] = lr
    return lr


class Gathered:
    def __init__(self, size):
        self.size, self.rows = size, []

    def add(self, rows):
        self.rows += list(rows)
        return len(self.rows) >= self.size

    def take(self):
        rows, self.rows = torch.stack(self.rows[: self.size]), []
        return rows, rows[:, :2] - rows[:, 2:]


gathered, step, lr = Gathered(12), 0, 0.05
while step < 9:
    if step > 0 and step % 4 == 0:
        lr = lower(optimizer, step, lr)
    if gathered.add(torch.randn(4, 4)):
        x, y = gathered.take()
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        step += 1
