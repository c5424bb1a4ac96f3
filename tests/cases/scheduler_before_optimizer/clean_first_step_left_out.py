# expect: nothing
# A GradScaler leaves out the first step, and the scheduler moves on.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
for _ in range(5):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    scaler.scale(nn.functional.mse_loss(model(x), 5 * x[:, :1])).backward()
    scaler.step(optimizer)
    scaler.update()
    scheduler.step()
