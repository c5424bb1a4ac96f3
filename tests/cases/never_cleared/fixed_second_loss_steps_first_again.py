# expect: nothing
# Each of the two losses begins with no gradients.
import torch
from torch import nn

torch.manual_seed(0)


class AC(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
        self.v = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))


net = AC()
opt = torch.optim.Adam(net.parameters(), 1e-3)
for i in range(5):
    s = torch.randn(12, 4)
    opt.zero_grad()
    v = net.v(s).squeeze(1)
    ret = s[:, 0]
    vl = (v - ret).pow(2).mean()
    vl.backward()
    opt.step()
    d = torch.distributions.Categorical(logits=net.pi(s))
    a = d.sample()
    pl = -(d.log_prob(a) * (ret - v.detach())).mean()
    opt.zero_grad()
    pl.backward()
    opt.step()
