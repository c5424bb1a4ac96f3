# expect: nothing
# A checkpoint is written once that is to be gone on from at another rate, and training goes on.
import io

import torch
from torch import nn

torch.manual_seed(2)
model = nn.Linear(5, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(8):
    x = torch.randn(16, 5)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :2]).backward()
    optimizer.step()
    if step == 3:
        state = optimizer.state_dict()
        state["param_groups"][0]["lr"] = 1e-3
        torch.save(state, io.BytesIO())
