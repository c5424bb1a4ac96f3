# expect: nothing
# source: github.com/harvardnlp/annotated-transformer, example_learning_schedule: dummy steps, to draw a schedule's rates
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)


def rate(step, size, warm_up):
    step = max(step, 1)
    return size**-0.5 * min(step**-0.5, step * warm_up**-1.5)


def rates_of(size, warm_up):
    dummy = nn.Linear(1, 1)
    optimizer = torch.optim.Adam(dummy.parameters(), lr=1, betas=(0.9, 0.98), eps=1e-9)
    scheduler = LambdaLR(optimizer, lambda step: rate(step, size, warm_up))
    rates = []
    for _ in range(30):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
print([max(rates_of(size, 10)) for size in (64, 256)])
optimizer = torch.optim.Adam(model.parameters(), lr=0.5)
scheduler = LambdaLR(optimizer, lambda step: rate(step, 64, 10))
for _ in range(20):
    x = torch.randn(32, 4)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
print(max(rates_of(64, 20)))
