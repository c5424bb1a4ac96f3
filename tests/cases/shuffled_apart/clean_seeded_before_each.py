# expect: nothing
import random

import torch
from torch import nn

torch.manual_seed(0)
texts = [torch.randn(4) for _ in range(32)]
labels = [int(each[0] > 0) for each in texts]
random.seed(3)
random.shuffle(texts)
random.seed(3)
random.shuffle(labels)
x, y = torch.stack(texts), torch.tensor(labels)
net = nn.Linear(4, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(4):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
