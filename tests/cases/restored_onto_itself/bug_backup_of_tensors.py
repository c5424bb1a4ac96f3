# expect: BT214
# also: BT210
# source: discuss.pytorch.org, "Copying weights from one net to another": dict() copies no tensor
import torch
from torch import nn


def try_step(model, x, y):
    """Take a step, and undo it where the loss rose."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    backup = dict(model.state_dict())
    before = nn.functional.mse_loss(model(x), y)
    before.backward()
    optimizer.step()
    with torch.no_grad():
        after = nn.functional.mse_loss(model(x), y)
    if after > 0.5 * before:
        model.load_state_dict(backup)
    model.zero_grad()


torch.manual_seed(0)
model = nn.Linear(4, 1)
for _ in range(4):
    x = torch.randn(64, 4)
    try_step(model, x, x.sum(1, keepdim=True) + torch.randn(64, 1))
