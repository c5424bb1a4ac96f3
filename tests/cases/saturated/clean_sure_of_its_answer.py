# expect: nothing
# The output of a classifier may be sure: here the data can be told apart well.
import torch
from torch import nn

torch.manual_seed(0)

x = torch.cat([torch.randn(32, 2) + 20, torch.randn(32, 2) - 20])
y = torch.cat([torch.ones(32, 1), torch.zeros(32, 1)])
model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
with torch.no_grad():
    model[0].weight.fill_(0.5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.01)
for _ in range(4):
    loss = nn.functional.binary_cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
