# expect: BT520 at update 2
# source: github.com/microsoft/rat-sql, issue 45
import io

import torch
from torch import nn


class Polynomial:
    def __init__(self, groups, rate, steps):
        self.groups, self.rate, self.steps = groups, rate, steps

    def move(self, step):
        for group in self.groups:
            group["lr"] = self.rate * max(1 - step / self.steps, 0.0) ** 0.5


def resume(model, kept):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
    schedule = Polynomial(optimizer.param_groups, 1e-2, 60)
    step = 0
    if kept is not None:
        kept.seek(0)
        state = torch.load(kept)
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    return optimizer, schedule, step


def train(model, steps, kept=None):
    optimizer, schedule, step = resume(model, kept)
    while step < steps:
        schedule.move(step)
        x = torch.randn(32, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
        optimizer.step()
        step += 1
    kept = io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "step": step}, kept)
    return kept


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
train(model, 12, train(model, 4))
