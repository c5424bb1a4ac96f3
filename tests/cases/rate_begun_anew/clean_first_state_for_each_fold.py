# expect: nothing
# Each fold begins with the states of the beginning, and with a schedule of its own.
import copy

import torch
from torch import nn
from torch.optim.lr_scheduler import LinearLR

torch.manual_seed(0)


def make():
    model = nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    return model, optimizer, LinearLR(optimizer, 0.1, total_iters=4)


model, optimizer, scheduler = make()
first = copy.deepcopy([each.state_dict() for each in (model, optimizer)])
x = torch.randn(48, 4)
for fold in range(3):
    model, optimizer, scheduler = make()
    model.load_state_dict(first[0])
    optimizer.load_state_dict(first[1])
    rows = x[torch.arange(48) % 3 != fold]
    for _ in range(6):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(rows), rows[:, :1]).backward()
        optimizer.step()
        scheduler.step()
