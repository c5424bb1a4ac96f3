# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :1] + 0.1 * torch.randn(256, 1)
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)


def likelihood_loss(mean, log_std, wanted):
    std = log_std.exp()
    return (torch.log(std) + (wanted - mean).abs() / std).mean()


for update in range(12):
    mean, log_std = net(x).chunk(2, dim=1)
    loss = likelihood_loss(mean, log_std, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
