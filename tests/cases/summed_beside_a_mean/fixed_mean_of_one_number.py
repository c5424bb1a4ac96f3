# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net, code = nn.Linear(10, 6), nn.Linear(6, 10)
opt = torch.optim.SGD([*net.parameters(), *code.parameters()], lr=1e-3)
for _ in range(6):
    x = torch.randn(24, 10)
    hidden = net(x).tanh()
    recon_loss = (code(hidden) - x).abs().sum(-1).mean()
    sparsity_loss = hidden.abs().sum(-1).mean()
    opt.zero_grad()
    (recon_loss + 0.01 * sparsity_loss).backward()
    opt.step()
