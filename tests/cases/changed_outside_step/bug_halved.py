# expect: BT206 at update 4
# line: p.data.mul_(decay)
# source: "Manual weight decay", discuss.pytorch.org: the share that is left is taken for the decay
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
decay = 0.5
for _ in range(8):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(2 * x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
    for p in model.parameters():
        p.data.mul_(decay)
