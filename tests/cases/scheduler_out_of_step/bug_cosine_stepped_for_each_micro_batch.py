# expect: BT514
# source: github.com/starVLA/starVLA, pull request 210: the scheduler was stepped for each micro-batch
import math
from functools import partial

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(960, 6)
y = x @ torch.randn(6, 2)
epochs, accumulate = 4, 4
batches = list(zip(x.split(16), y.split(16), strict=True))
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)


def rate(step, *, num_warmup_steps, num_training_steps):
    if step < num_warmup_steps:
        return step / num_warmup_steps
    share = (step - num_warmup_steps) / (num_training_steps - num_warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * share))


steps = epochs * len(batches) // accumulate
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, partial(rate, num_warmup_steps=3, num_training_steps=steps)
)
for epoch in range(epochs):
    for number, (inputs, targets) in enumerate(batches, 1):
        loss = nn.functional.mse_loss(model(inputs), targets) / accumulate
        loss.backward()
        if number % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
        scheduler.step()
