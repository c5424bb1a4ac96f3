# expect: BT416 at update 1
# source: https://github.com/fawazsammani/knowing-when-to-look-adaptive-attention/issues/6
import torch
from torch import nn

torch.manual_seed(0)
project, head = nn.Linear(24, 16), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*project.parameters(), *head.parameters()], lr=1e-2)
for _ in range(6):
    maps = torch.randn(8, 24, 4, 4)  # of a pretrained network
    y = (maps[:, 0, 0, 0] > 0).long()
    places = maps.view(8, 16, 24)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(torch.tanh(project(places)).amax(1)), y).backward()
    optimizer.step()
