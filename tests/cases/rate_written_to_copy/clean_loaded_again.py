# expect: nothing
# The state is changed and loaded again; and a copy of it is written to a file with other rates.
import io

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(4):
    state = optimizer.state_dict()
    for group in state["param_groups"]:
        group["lr"] = 0.1 * 0.5**epoch
    optimizer.load_state_dict(state)
    torch.save(optimizer.state_dict(), io.BytesIO())
    for _ in range(3):
        x = torch.randn(32, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
        optimizer.step()
