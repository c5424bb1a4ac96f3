# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Linear(8, 6)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scale = nn.Parameter(torch.tensor(2.0))
opt.add_param_group({"params": [scale]})
for _ in range(14):
    x = torch.randn(24, 8)
    code = F.normalize(net(x), dim=1)
    loss = F.cross_entropy(code @ code.T * scale.exp() * 0.5, torch.arange(24))
    opt.zero_grad()
    loss.backward()
    opt.step()
