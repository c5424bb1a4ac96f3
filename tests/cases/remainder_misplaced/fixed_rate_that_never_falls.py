# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
rate, every = 0.05, 16
optimizer = torch.optim.SGD(model.parameters(), lr=rate)
for epoch in range(6):
    for i, rows in enumerate(torch.randperm(256).split(32)):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (i + epoch * 8) % every == 0 and i != 0:
            rate *= 0.5
            for group in optimizer.param_groups:
                group["lr"] = rate
    print(epoch, rate)
