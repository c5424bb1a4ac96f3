# expect: nothing
# One is made inside of the loop, one is gone through once, one outside of any loop.
import torch
from torch import nn

torch.manual_seed(0)
inputs, targets = torch.randn(40, 5), torch.randn(40, 1)
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
warm_up = zip(inputs.split(20), targets.split(20))
for x, y in warm_up:
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    optimizer.zero_grad()
for epoch in range(3):
    batches = zip(inputs.split(10), targets.split(10))
    for x, y in batches:
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        losses = map(
            lambda x, y: (model(x) - y).square().mean(), inputs.split(20), targets.split(20)
        )
        print(epoch, sum(loss.item() for loss in losses))
