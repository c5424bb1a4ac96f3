# expect: BT501 at update 1
# source: github.com/pytorch/pytorch, issue 68425: gradients of torch.where with NaN
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(16, 3)
    gap = model(x).sum(1)
    distance = torch.where(gap > 0, gap.sqrt(), 0.0)
    loss = (distance - x.norm(dim=1)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
