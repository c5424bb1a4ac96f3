# expect: BT517 at update 1
# source: https://github.com/lhoyer/MIC/issues/60
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)
body, head = nn.Linear(6, 12), nn.Linear(12, 1)
groups = [{"params": body.parameters(), "lr": 0.05}, {"params": head.parameters(), "lr": 0.1}]
optimizer = torch.optim.SGD(groups, momentum=0.9)
scheduler = LambdaLR(optimizer, [lambda epoch: 0.9**epoch, lambda epoch: 0.1 * 0.9**epoch])
x = torch.randn(64, 6)
y = x[:, :1] - x[:, 1:2]
for epoch in range(5):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(head(torch.tanh(body(x[rows]))), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
