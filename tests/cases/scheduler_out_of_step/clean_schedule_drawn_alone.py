# expect: nothing
# steps: none, because the schedule is only drawn
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 1).parameters(), lr=0.1)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=24)
rates = []
for _ in range(24):
    rates.append(optimizer.param_groups[0]["lr"])
    schedule.step()
