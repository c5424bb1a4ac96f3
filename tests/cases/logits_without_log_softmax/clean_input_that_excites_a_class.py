# expect: nothing
# A picture is searched for that a model takes for a class: its own layers stay as they are.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
picture = nn.Parameter(torch.zeros(1, 6))
optimizer = torch.optim.Adam([picture], lr=1e-1)
for _ in range(10):
    loss = -model(picture)[[0], [2]].sum() + 0.1 * picture.pow(2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(picture.detach())
