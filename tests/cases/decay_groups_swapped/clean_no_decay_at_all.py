# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1))
matrices = [p for p in net.parameters() if p.ndim > 1]
others = [p for p in net.parameters() if p.ndim == 1]
optimizer = torch.optim.SGD(
    [{"params": matrices, "lr": 0.05}, {"params": others, "lr": 0.1}], lr=0.1, momentum=0.9
)
for _ in range(4):
    x = torch.randn(16, 4)
    loss = nn.functional.mse_loss(net(x), x.prod(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
