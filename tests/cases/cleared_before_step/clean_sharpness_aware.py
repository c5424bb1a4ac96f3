# expect: nothing
# Sharpness-aware minimisation: climb along the first gradient, step with the second.
import torch
from torch import nn

torch.manual_seed(4)
rho = 0.05
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
data = torch.randn(50, 6)
goal = data.pow(2).sum(1, keepdim=True) / 6

for x, y in zip(data.split(10), goal.split(10)):
    climbed = []
    for phase in ("climb", "descend"):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        if phase == "climb":
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
                for p in net.parameters():
                    e = rho * p.grad / (norm + 1e-12)
                    p.add_(e)
                    climbed.append(e)
    with torch.no_grad():
        for p, e in zip(net.parameters(), climbed):
            p.sub_(e)
    opt.step()
