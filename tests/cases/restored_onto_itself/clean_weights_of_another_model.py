# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model, target = nn.Linear(4, 1), nn.Linear(4, 1).requires_grad_(False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(6):
    if step % 2 == 0:
        target.load_state_dict(model.state_dict())
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), 0.9 * target(x) + x.sum(1, keepdim=True)).backward()
    optimizer.step()
