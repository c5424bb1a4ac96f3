"""An EMA copy and torch's own averaged model beside the one that is trained."""

import copy
import hashlib

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

torch.manual_seed(6)
model = nn.Linear(4, 2)
shadow = copy.deepcopy(model).requires_grad_(False)
averaged = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    loss = model(torch.randn(8, 4)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for kept, new in zip(shadow.parameters(), model.parameters(), strict=True):
            kept.mul_(0.9).add_(new, alpha=0.1)
    averaged.update_parameters(model)
    print(loss.item(), shadow.weight.sum().item(), averaged.module.weight.sum().item())

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())
