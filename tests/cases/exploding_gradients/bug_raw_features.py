# expect: BT502
# source: "Why is my loss increasing / exploding? Learning rate too high", discuss.pytorch.org
# also: BT506, BT512
import torch
from torch import nn

torch.manual_seed(0)

area = torch.rand(40, 1) * 200  # square metres
rooms = torch.randint(1, 6, (40, 1)).float()
x = torch.cat([area, rooms], dim=1)
price = 3 * area + 10 * rooms

model = nn.Linear(2, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for epoch in range(6):
    optimizer.zero_grad()
    loss = criterion(model(x), price)
    loss.backward()
    optimizer.step()
