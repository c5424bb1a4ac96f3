# expect: nothing
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
trunk, a, b = torch.nn.Linear(5, 8), torch.nn.Linear(8, 1), torch.nn.Linear(8, 1)
opt = torch.optim.Adam([*trunk.parameters(), *a.parameters(), *b.parameters()], lr=1e-2)
for _ in range(5):
    x = torch.randn(20, 5)
    h = torch.tanh(trunk(x))
    up, down = F.mse_loss(a(h), x[:, :1]), F.mse_loss(b(h), -x[:, :1])
    backtrace.note_loss(up + down, up=up, down=down)
    opt.zero_grad()
    (up + down).backward()
    opt.step()
