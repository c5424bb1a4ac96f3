# expect: BT308 at update 7
# source: github.com/pytorch/pytorch, issue 9046
import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())
first, second = nn.Linear(16, 2), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*backbone.parameters(), *first.parameters()], lr=5e-3)
for _ in range(6):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(first(backbone(x)), (x[:, 0] > 0).long()).backward()
    optimizer.step()
for parameter in backbone.parameters():
    parameter.requires_grad_(False)
optimizer = torch.optim.Adam(second.parameters(), lr=5e-3)
backbone.train()
for _ in range(14):
    x = 3 * torch.randn(32, 8) + 1
    optimizer.zero_grad()
    nn.functional.cross_entropy(second(backbone(x)), x[:, :3].argmax(1)).backward()
    optimizer.step()
