# expect: BT462 at update 1
# source: github.com/lucidrains/DALLE2-pytorch, issue 131 (the average does not learn)
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 3)
ema_net = copy.deepcopy(net)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(32):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    average = ema_net.state_dict()
    for name, each in net.state_dict().items():
        average[name] = 0.9 * average[name] + 0.1 * each
with torch.no_grad():
    print(nn.functional.cross_entropy(ema_net(x), x[:, :3].argmax(1)).item())
