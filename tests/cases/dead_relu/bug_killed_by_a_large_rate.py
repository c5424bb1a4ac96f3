# expect: BT504
# source: CS231n, Stanford University, "Neural Networks Part 1" (dying ReLU units)
# also: BT502, BT506, BT512, BT503, BT204, BT211
import torch
from torch import nn

torch.manual_seed(0)

x = torch.rand(128, 6)
y = 50 * torch.rand(128, 1)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
criterion = nn.MSELoss()
for _ in range(18):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
