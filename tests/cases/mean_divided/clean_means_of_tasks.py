# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
heads = nn.ModuleList(nn.Linear(32, 1) for _ in range(3))
optimizer = torch.optim.Adam([*body.parameters(), *heads.parameters()], lr=3e-3)
way = torch.randn(8, 3)
for _ in range(60):
    x = torch.randn(32, 8)
    targets = (x @ way).T.unsqueeze(2)
    hidden = body(x)
    loss = hidden.new_zeros(())
    for head, target in zip(heads, targets):
        loss = loss + F.mse_loss(head(hidden), target) / len(targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
