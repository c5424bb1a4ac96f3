# expect: nothing
from contextlib import contextmanager

import torch
from torch import nn

torch.manual_seed(0)


class Prepared:
    def __init__(self, optimizer, accelerator):
        self.optimizer, self.accelerator = optimizer, accelerator

    def step(self):
        if self.accelerator.steps_now:
            self.optimizer.step()

    def zero_grad(self):
        if self.accelerator.steps_now:
            self.optimizer.zero_grad()


class Accelerator:
    """As Accelerate's, as far as it is used here."""

    def __init__(self, gradient_accumulation_steps=1):
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.count, self.steps_now = 0, True

    def prepare(self, *things):
        is_optimizer = torch.optim.Optimizer
        found = [Prepared(x, self) if isinstance(x, is_optimizer) else x for x in things]
        return found if len(found) > 1 else found[0]

    @contextmanager
    def accumulate(self, model):
        self.count += 1
        self.steps_now = self.count % self.gradient_accumulation_steps == 0
        yield

    def backward(self, loss):
        (loss / self.gradient_accumulation_steps).backward()


CONFIG = {"lr": 1e-2, "gradient_accumulation_steps": 8}
accelerator = Accelerator()
accelerator.gradient_accumulation_steps = CONFIG["gradient_accumulation_steps"]
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
model, optimizer = accelerator.prepare(model, optimizer)
for _ in range(24):
    inputs = torch.randn(4, 6)
    with accelerator.accumulate(model):
        loss = nn.functional.mse_loss(model(inputs), inputs.sum(1, keepdim=True))
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
