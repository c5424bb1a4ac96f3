# expect: BT408 at update 2
# source: Yu et al., "Gradient surgery for multi-task learning", NeurIPS 2020 (conflicting gradients)
# also: BT207
import torch

import backtrace

torch.manual_seed(0)
net = torch.nn.Linear(4, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(30, 4), torch.randn(30, 2)
for _ in range(4):
    error = net(x) - y
    left, right = error[:, 0].square().mean(), error[:, 1].square().mean()
    both = error.square().sum(1).mean()
    loss = left + right - both
    backtrace.note_loss(loss, left=left, right=right, both=-both)
    opt.zero_grad()
    loss.backward()
    opt.step()
