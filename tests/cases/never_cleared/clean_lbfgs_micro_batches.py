# expect: nothing
# Full-batch LBFGS over data that does not fit at once: cleared once a call, then added up.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=5)
x = torch.randn(40, 3)
y = x @ torch.randn(3, 1)


def closure():
    optimizer.zero_grad()
    total = 0.0
    for part_x, part_y in zip(x.split(10), y.split(10)):
        loss = nn.functional.mse_loss(model(part_x), part_y) / 4
        loss.backward()
        total += loss.item()
    return total


for _ in range(3):
    print(optimizer.step(closure))
