# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential()
model.add_module("body", nn.Linear(6, 12))
model.add_module("act", nn.ReLU())
model.add_module("head", nn.Linear(12, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)

for it in range(6):
    if it == 3:
        model.body.requires_grad_(False)
    x = torch.randn(10, 6)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
