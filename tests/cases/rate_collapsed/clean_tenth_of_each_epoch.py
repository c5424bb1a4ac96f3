# expect: nothing
# A tenth of the rate is left for each of four epochs, of six updates each.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 6)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
for epoch in range(4):
    for rows in x.split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(rows), rows[:, :3].argmax(1)).backward()
        optimizer.step()
    scheduler.step()
