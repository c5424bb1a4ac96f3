# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 2)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(16, 4)
    mean, spread = net(x).chunk(2, dim=1)
    dist = torch.distributions.Normal(mean, F.softplus(spread) + 0.1)
    entropy = -dist.log_prob(dist.sample()).mean()
    loss = -dist.log_prob(x[:, :1]).mean() - 0.01 * entropy
    opt.zero_grad()
    loss.backward()
    opt.step()
