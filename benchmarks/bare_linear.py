"""The training of the config `linear` as anyone would write it: what start-up is held against."""

import torch
from torch import nn

model = nn.Sequential()
model.add_module("fc", nn.Linear(1, 1))
with torch.no_grad():
    model.fc.weight.fill_(-0.2505)
    model.fc.bias.fill_(0.9166)
x = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
y = torch.tensor([[1.5], [2.5], [3.5]])
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for update in range(1, 5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    print(update, loss.item(), model.fc.weight.item(), model.fc.bias.item())
