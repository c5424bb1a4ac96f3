# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(32, 2)
x[:, 0] = x[:, 0].sign() * (1 + x[:, 0].abs())
y = x[:, 0].sign()
model = nn.Linear(2, 1)
with torch.no_grad():  # trained before: every row is on the right side already
    model.weight.copy_(torch.tensor([[2.0, 0.0]]))
    model.bias.zero_()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.relu(1 - y * model(x).squeeze(1)).mean().backward()
    optimizer.step()
