# expect: nothing
# A sum of all that is divided by the rows, means of sums over one axis, and a mean that gathers
# what several devices would give: one number here.
import torch
from torch import nn

torch.manual_seed(0)
net, code = nn.Linear(10, 6), nn.Linear(6, 10)
opt = torch.optim.SGD([*net.parameters(), *code.parameters()], lr=1e-3)


def penalty(hidden):
    return torch.sum(hidden.abs()) / len(hidden)


for _ in range(6):
    x = torch.randn(24, 10)
    hidden = net(x).tanh()
    recon_loss = torch.mean(torch.sum((code(hidden) - x).abs(), dim=1), dim=0)
    spread = hidden.sum(0)
    centre_loss = 0.1 * spread.pow(2).mean()
    loss = (recon_loss + 0.01 * penalty(hidden) + 0.01 * centre_loss).sum()
    opt.zero_grad()
    loss.mean().backward()
    opt.step()
