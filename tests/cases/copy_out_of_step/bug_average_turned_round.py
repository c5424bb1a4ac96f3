# expect: BT462 at update 1
# source: discuss.pytorch.org, "EMA of weights" (the weights of the average and of the model swapped)
import copy

import torch
from torch import nn


class Average:
    def __init__(self, model, decay=0.995):
        self.model, self.decay = copy.deepcopy(model), decay

    @torch.no_grad()
    def update(self, model):
        for kept, new in zip(self.model.parameters(), model.parameters(), strict=True):
            kept.copy_((1 - self.decay) * kept + self.decay * new)


torch.manual_seed(0)
net = nn.Linear(6, 3)
average = Average(net)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    average.update(net)
