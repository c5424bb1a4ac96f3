# expect: nothing
# One batch whose loss is infinite is left out by the scaler.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for number in range(5):
    x = torch.randn(16, 8)
    target = x[:, :1] / (0.0 if number == 2 else 1.0)
    optimizer.zero_grad()
    scaler.scale(nn.functional.mse_loss(model(x), target)).backward()
    scaler.step(optimizer)
    scaler.update()
