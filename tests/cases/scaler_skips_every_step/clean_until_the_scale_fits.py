# expect: nothing
# The scale is halved until it fits, and from then on steps are taken.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
for _ in range(7):
    x = torch.randn(16, 8)
    optimizer.zero_grad()
    scaler.scale(nn.functional.mse_loss(model(x), x[:, :1])).backward()
    scaler.step(optimizer)
    scaler.update()
