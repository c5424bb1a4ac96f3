# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 4)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(16, 6)
    each = F.kl_div(net(x).log_softmax(1), x[:, :4].softmax(1), reduction="none")
    loss = each.sum(1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
