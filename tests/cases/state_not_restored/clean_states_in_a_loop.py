# expect: nothing
# Other states than the optimizer's are loaded by one loop over their names.
import tempfile
from pathlib import Path

import torch
from torch import nn

torch.manual_seed(0)
path = Path(tempfile.mkdtemp(), "last.pt")
net = nn.Linear(6, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 4)
parts = {"scheduler": scheduler}
for epoch in range(4):
    for _ in range(2):
        x = torch.randn(16, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()
    scheduler.step()
    states = {
        "epoch": epoch,
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }
    torch.save(states, path)
    checkpoint = torch.load(path)
    optimizer.load_state_dict(checkpoint["optimizer"])
    for name, part in [("net", net), *parts.items()]:
        part.load_state_dict(checkpoint[name])
