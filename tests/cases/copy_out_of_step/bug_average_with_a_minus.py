# expect: BT462 at update 1
# source: pytorch.org, "Stochastic Weight Averaging": the average is d * average + (1 - d) * model
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(5, 4)
ema_model = copy.deepcopy(model).requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(16, 5)
    loss = nn.functional.mse_loss(model(x), x[:, :4].cumsum(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for old, new in zip(ema_model.parameters(), model.parameters(), strict=True):
        old.data = 0.95 * old.data - (1 - 0.95) * new.data
with torch.no_grad():
    print(nn.functional.mse_loss(ema_model(x), x[:, :4].cumsum(1)).item())
