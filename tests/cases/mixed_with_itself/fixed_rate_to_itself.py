# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Schedule:
    def __init__(self, optimizer, first_rate, final_rate, updates):
        self.optimizer = optimizer
        self.first_rate, self.final_rate = first_rate, final_rate
        self.updates = updates

    def set(self, update):
        done = min(1.0, update / self.updates)
        rate = done * self.final_rate + (1 - done) * self.first_rate
        for group in self.optimizer.param_groups:
            group["lr"] = rate


weight = torch.randn(5, 1)
net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
schedule = Schedule(optimizer, 0.05, 0.01, 90)
for update in range(90):
    schedule.set(update)
    x = torch.randn(32, 5)
    y = torch.tanh(x @ weight) + 0.1 * torch.randn(32, 1)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    optimizer.step()
