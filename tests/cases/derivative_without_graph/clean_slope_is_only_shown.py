# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.MSELoss()
steepest = 0.0
for _ in range(12):
    x = torch.randn(48, 2, requires_grad=True)
    y = x.detach().prod(1, keepdim=True)
    out = net(x)
    (slope,) = torch.autograd.grad(out.sum(), x, retain_graph=True)
    steepest = max(steepest, slope.norm(2, dim=1).max().item())
    loss = criterion(out, y) + 1e-3 * sum(p.square().sum() for p in net.parameters())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{steepest:.2f}")
