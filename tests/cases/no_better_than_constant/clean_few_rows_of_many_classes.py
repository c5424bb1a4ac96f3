# expect: nothing
"""Labels that are nearly always wrong leave a high loss, and few rows show few of the classes."""

import torch
from torch import nn

torch.manual_seed(0)
true = torch.randint(100, (4800,))
y = torch.where(torch.rand(4800) < 0.9, torch.randint(100, (4800,)), true)
model = nn.Linear(100, 100)
with torch.no_grad():
    model.weight.copy_(2.5 * torch.eye(100))  # what is to be known of them, but for the bias
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for rows in torch.arange(4800).split(8):
    optimizer.zero_grad()
    criterion(model(nn.functional.one_hot(true[rows], 100).float()), y[rows]).backward()
    optimizer.step()
