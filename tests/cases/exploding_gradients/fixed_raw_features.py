# expect: nothing
# source: "Why is my loss increasing / exploding? Learning rate too high", discuss.pytorch.org
import torch
from torch import nn

torch.manual_seed(0)

area = torch.rand(40, 1) * 200  # square metres
rooms = torch.randint(1, 6, (40, 1)).float()
x = torch.cat([area, rooms], dim=1)
price = 3 * area + 10 * rooms
x = (x - x.mean(0)) / x.std(0)
price = (price - price.mean()) / price.std()

model = nn.Linear(2, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for epoch in range(6):
    optimizer.zero_grad()
    loss = criterion(model(x), price)
    loss.backward()
    optimizer.step()
