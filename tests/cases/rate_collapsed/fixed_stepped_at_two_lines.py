# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR

torch.manual_seed(0)
x = torch.randn(240, 4)
y = x.sum(1, keepdim=True)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
schedule = StepLR(optimizer, step_size=2, gamma=0.1)
for epoch in range(3):
    for batch in range(12):
        rows = slice(20 * batch, 20 * batch + 20)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    schedule.step()
