# expect: nothing
import torch

import backtrace

torch.manual_seed(0)
w = torch.nn.Parameter(torch.zeros(1))
opt = torch.optim.SGD([w], lr=0.25)
for _ in range(30):
    fit, decay = (w - 1).square().sum(), w.square().sum()
    backtrace.note_loss(fit + decay, fit=fit, decay=decay)
    opt.zero_grad()
    (fit + decay).backward()
    opt.step()
