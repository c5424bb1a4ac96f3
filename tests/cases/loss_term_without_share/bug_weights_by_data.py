# expect: BT407 at update 2
# source: torch.Tensor.detach, PyTorch documentation (on the difference to .data)
import torch

import backtrace

torch.manual_seed(3)
net = torch.nn.Sequential(torch.nn.Linear(5, 10), torch.nn.Tanh(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)


def l2(model):
    total = torch.zeros(())
    for p in model.parameters():
        total = total + p.data.pow(2).sum()
    return total


for _ in range(4):
    x = torch.randn(16, 5)
    fit = (net(x) - x[:, :1]).pow(2).mean()
    decay = 1e-2 * l2(net)
    backtrace.note_loss(fit + decay, fit=fit, decay=decay)
    optimizer.zero_grad()
    (fit + decay).backward()
    optimizer.step()
