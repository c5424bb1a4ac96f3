# expect: nothing
# A mean times the number of its elements is a sum, as the other term is.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(8, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(16, 8)
    z = net(x)
    loss = nn.functional.mse_loss(z, x) * x.numel() + z.square().sum()
    opt.zero_grad()
    (loss / len(x)).backward()
    opt.step()
