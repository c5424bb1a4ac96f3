# expect: nothing
# torch's schedulers hold the optimizer, not its groups; a look at the old groups writes nothing.
import copy

import torch
from torch import nn

torch.manual_seed(3)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
old = optimizer.param_groups
for step in range(12):
    if step == 4:
        optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
    scheduler.step()
    rates = [group["lr"] for group in old]
