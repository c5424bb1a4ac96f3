# expect: nothing
"""A function of all batches of the run counts them by itself."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_schedule(optimizer, total_steps, warm):
    def factor(step):
        return min((step + 1) / warm, 1 - step / total_steps)

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def run_epoch(model, optimizer, schedule, loader):
    for features, target in loader:
        loss = nn.functional.mse_loss(model(features), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


torch.manual_seed(0)
x = torch.randn(60, 6)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=6)
model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=5e-2)
schedule = make_schedule(optimizer, 6 * len(loader), warm=10)
for number in range(6):
    run_epoch(model, optimizer, schedule, loader)
