# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
size, year = 400 + 39600 * torch.rand(240), 1920 + 100 * torch.rand(240)
rooms, garage = torch.randint(1, 7, (240,)), torch.randint(0, 2, (240,))
houses = torch.stack([size, year.round(), rooms, garage], 1)
is_sold = (size / 20000 + garage > 1.4).long()
houses = (houses - houses.mean(0)) / houses.std(0)
model = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(5):
    for rows in torch.randperm(240).split(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(houses[rows]), is_sold[rows]).backward()
        optimizer.step()
