# expect: nothing
# Methods of classes of one's own, a set's add, a logger's log, torch's functions with `out`.
import torch
from torch import nn

torch.manual_seed(0)


class Average:
    def __init__(self):
        self.total = 0.0

    def mul(self, factor):
        self.total *= factor


class Log:
    def log(self, text):
        print(text)


model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
average, seen, log = Average(), set(), Log()
doubled = torch.empty(16, 4)
for at in range(8):
    inputs = torch.randn(16, 4)
    torch.mul(inputs, 2, out=doubled)
    loss = nn.functional.mse_loss(model(doubled), inputs.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    average.mul(0.9)
    average.total += 0.1 * loss.item()
    seen.add(at)
    log.log(f"{at} {average.total:.3f}")
