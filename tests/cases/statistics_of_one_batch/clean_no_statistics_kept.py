# expect: nothing
# Without running statistics the momentum says nothing.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv1d(2, 4, 3), nn.InstanceNorm1d(4, momentum=0.95), nn.Flatten(), nn.Linear(24, 1)
)
opt = torch.optim.SGD(net.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(8, 2, 8)
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x.mean((1, 2)).unsqueeze(1)).backward()
    opt.step()
