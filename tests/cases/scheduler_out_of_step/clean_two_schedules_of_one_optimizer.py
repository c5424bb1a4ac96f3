# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=4)
fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm_up, fall], milestones=[4])
for step in range(12):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    schedule.step()
