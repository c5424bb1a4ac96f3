# expect: BT462 at update 1
# source: github.com/huggingface/diffusers, issue 1864 (one minus the smaller one is kept)
import torch
from torch import nn

torch.manual_seed(0)


class Average:
    def __init__(self, model, decay=0.999):
        self.shadow = [each.detach().clone() for each in model.parameters()]
        self.decay, self.updates = decay, 0

    @torch.no_grad()
    def update(self, model):
        self.updates += 1
        value = (1 + self.updates) / (10 + self.updates)
        self.decay = 1 - min(self.decay, value)
        for kept, new in zip(self.shadow, model.parameters()):
            kept.sub_(self.decay * (kept - new))


model = nn.Linear(4, 1)
average = Average(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    (model(x) - x.sum(1, keepdim=True)).pow(2).mean().backward()
    optimizer.step()
    average.update(model)
