# expect: nothing
# A schedule that asks the optimizer each time, though a list from before the load is kept and read.
import copy

import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
groups = optimizer.param_groups
optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
for step in range(8):
    rate = 0.1 * 0.9**step
    for group in [*groups, *optimizer.param_groups]:
        group["lr"] = rate
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
