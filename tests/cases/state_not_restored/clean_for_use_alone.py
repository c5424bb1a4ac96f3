# expect: nothing
# The best weights are taken back to be used: neither the optimizer nor the schedule goes on.
import tempfile
from pathlib import Path

import torch
from torch import nn

torch.manual_seed(0)
path = Path(tempfile.mkdtemp(), "best.pt")
net = nn.Linear(6, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 4)
best = float("inf")
for _ in range(8):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    loss.backward()
    optimizer.step()
    scheduler.step()
    if loss.item() < best:
        best = loss.item()
        torch.save({"net": net.state_dict(), "opt": optimizer.state_dict()}, path)
net.load_state_dict(torch.load(path)["net"])
