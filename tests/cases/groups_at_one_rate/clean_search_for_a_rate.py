# expect: nothing
# A search for a rate raises it in all groups alike, and puts the model back.
import copy

import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(8, 16), nn.Linear(16, 1)
model = nn.Sequential(body, nn.Tanh(), head)
begun = copy.deepcopy(model.state_dict())
groups = [{"params": body.parameters(), "lr": 1e-3}, {"params": head.parameters(), "lr": 1e-2}]
optimizer = torch.optim.SGD(groups)
losses = []
for step in range(30):
    for group in optimizer.param_groups:
        group["lr"] = 1e-6 * 1.4**step
    x = torch.randn(16, 8)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
model.load_state_dict(begun)
