# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
net = nn.Linear(6, 2)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(16, 6)
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    loss.backward()
    for weight in net.parameters():
        weight.grad.add_(weight.data, alpha=0.01)
    opt.step()
