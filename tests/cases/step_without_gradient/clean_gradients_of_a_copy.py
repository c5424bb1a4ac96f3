# expect: nothing
# n-step A3C style: gradients of a local copy are carried to the shared model
import torch
from torch import nn

torch.manual_seed(0)
shared = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
local = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.RMSprop(shared.parameters(), lr=1e-3)
for i in range(6):
    local.load_state_dict(shared.state_dict())
    s = torch.randn(5, 4)
    out = local(s)
    d = torch.distributions.Categorical(logits=out[:, :2])
    a = d.sample()
    adv = s[:, 0] - out[:, 2]
    loss = -(d.log_prob(a) * adv.detach()).mean() + adv.pow(2).mean()
    local.zero_grad()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(local.parameters(), 40)
    for lp, sp in zip(local.parameters(), shared.parameters()):
        sp.grad = lp.grad
    opt.step()
