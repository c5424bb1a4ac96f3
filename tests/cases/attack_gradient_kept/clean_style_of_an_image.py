# expect: nothing
# Only the input is stepped: what the backward leaves at the parameters nobody reads.
import torch
from torch import nn

torch.manual_seed(6)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
image = torch.randn(1, 8, requires_grad=True)
optimizer = torch.optim.Adam([image], lr=1e-2)
wanted = torch.randn(1, 4)
for _ in range(6):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(image), wanted).backward()
    optimizer.step()
