# expect: nothing
# Parameters that begin near zero grow by more than they were, and the loss falls.
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(64, 5)
y = x @ torch.tensor([[1.0], [-2.0], [0.5], [3.0], [0.0]])
model = nn.Linear(5, 1)
nn.init.normal_(model.weight, std=1e-3)
nn.init.zeros_(model.bias)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for _ in range(6):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
