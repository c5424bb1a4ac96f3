# expect: nothing
# Rainbow's epsilon: larger than the default, and far below what it is added to.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=6.25e-5, eps=1.5e-4)
for _ in range(12):
    x = torch.randn(32, 6)
    loss = nn.functional.smooth_l1_loss(model(x), x[:, :4])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
