# expect: nothing
# Each of the schedulers is stepped, by what it was given to.
import torch
from torch import nn
from torch.optim.lr_scheduler import ConstantLR, LinearLR, SequentialLR, StepLR

torch.manual_seed(0)
x = torch.randn(32, 4)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
warm_up = LinearLR(optimizer, start_factor=0.1, total_iters=2)
rest = ConstantLR(optimizer, factor=1.0)
schedule = SequentialLR(optimizer, [warm_up, rest], milestones=[2])


def train_with(**parts):
    for _ in range(4):
        parts["optimizer"].zero_grad()
        nn.functional.mse_loss(model(x), x[:, :1]).backward()
        parts["optimizer"].step()
        parts["schedule"].step()


train_with(optimizer=optimizer, schedule=schedule)
later = StepLR(optimizer, 2)
train_with(optimizer=optimizer, schedule=later)
