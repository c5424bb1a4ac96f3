# expect: nothing
# The rate is told, as a scheduler has set it; a coefficient is handed to the loss of the outer loop.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
inputs = torch.randn(64, 6)
targets = inputs.sum(1, keepdim=True)
coef = 0.1
for _ in range(10):
    for _ in range(2):
        coef = coef * 0.9
    rows = torch.randperm(64)[:16]
    given = model(inputs[rows])
    loss = nn.functional.mse_loss(given, targets[rows]) + coef * given.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    lr = scheduler.get_last_lr()[0]
    print(lr)
