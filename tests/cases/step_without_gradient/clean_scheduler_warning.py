# expect: nothing
# One empty step before the loop keeps a scheduler from warning about the order.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.95**epoch)

optimizer.zero_grad()
optimizer.step()
for epoch in range(3):
    scheduler.step()
    for x in torch.randn(2, 16, 4):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
        loss.backward()
        optimizer.step()
