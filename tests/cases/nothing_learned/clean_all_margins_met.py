# expect: nothing
# Every pair is as far apart as it is to be: the loss is 0, and nothing multiplies it by that.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    x = torch.randn(16, 4)
    far = (model(x) - model(x + 50)).norm(dim=1)
    loss = 0.5 * torch.relu(1 - far).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
