# expect: nothing
# A plan in epochs, of which a few are run: they happen to be as many as an epoch has batches.
import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, TensorDataset


class WarmupCosine(LRScheduler):
    def __init__(self, optimizer, warmup_steps, max_steps):
        self.warmup_steps, self.max_steps = warmup_steps, max_steps
        super().__init__(optimizer)

    def get_lr(self):
        step = self.last_epoch
        if step < self.warmup_steps:
            return [rate * (step + 1) / self.warmup_steps for rate in self.base_lrs]
        done = (step - self.warmup_steps) / max(1, self.max_steps - self.warmup_steps)
        return [rate * (1 + math.cos(math.pi * min(1.0, done))) / 2 for rate in self.base_lrs]


torch.manual_seed(0)
x = torch.randn(160, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8, shuffle=True)
epochs = 6
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
scheduler = WarmupCosine(optimizer, warmup_steps=2, max_steps=20)
for epoch in range(epochs):
    for inputs, targets in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
    scheduler.step()
