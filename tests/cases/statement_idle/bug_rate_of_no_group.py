# expect: BT446 at update 1
# source: torch.optim.Optimizer, PyTorch documentation: options are held in param_groups
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def slow_down(optimizer, epoch):
    lr = 0.1 * 0.5**epoch
    optimizer.lr = lr
    return lr


inputs = torch.randn(64, 6)
targets = inputs.sum(1, keepdim=True)
for epoch in range(3):
    print(slow_down(optimizer, epoch))
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
