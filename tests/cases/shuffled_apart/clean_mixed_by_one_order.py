# expect: nothing
# Mixup takes other rows with their targets; a pair that is to be wrong has a name of its own; data
# and targets are mixed by one order.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 6)
y = x[:, :2].sum(1, keepdim=True)
order = torch.randperm(96)
x = x[order]
y = y[order]
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
fit = nn.Sequential(nn.Linear(7, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam([*model.parameters(), *fit.parameters()], lr=1e-2)
for at in range(0, 96, 8):
    inputs, targets = x[at : at + 8], y[at : at + 8]
    other = torch.randperm(8)
    share = torch.rand(8, 1)
    mixed = share * inputs + (1 - share) * inputs[other]
    given = model(mixed)
    loss = (share * (given - targets) ** 2 + (1 - share) * (given - targets[other]) ** 2).mean()
    wrong = targets[torch.randperm(8)]
    joint, apart = fit(torch.cat([inputs, targets], 1)), fit(torch.cat([inputs, wrong], 1))
    loss = loss - joint.mean() + torch.logsumexp(apart, 0).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
