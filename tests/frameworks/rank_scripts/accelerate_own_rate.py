"""Accelerate on several ranks, of which each takes a learning rate of its own when it is asked."""

import sys

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
torch.manual_seed(0)
x = torch.randn(64, 6)
model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
rate = 0.02 * (1 + accelerator.process_index * ("own" in sys.argv))
optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4, shuffle=True)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 4, 0.5)
optimizer, loader, schedule = accelerator.prepare(optimizer, loader, schedule)
if "unprepared" not in sys.argv:
    model = accelerator.prepare(model)
for inputs, targets in loader:
    with accelerator.accumulate(model):
        loss = nn.functional.mse_loss(model(inputs), targets)
        accelerator.backward(loss)
        if accelerator.sync_gradients:
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
accelerator.end_training()
