# expect: BT513
# source: github.com/md-mohaiminul/ViS4mer, issue 4: ReduceLROnPlateau in mode="min" is given an accuracy
# also: BT515
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.manual_seed(0)
x = torch.randn(240, 4)
y = x.sum(1, keepdim=True)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
schedule = ReduceLROnPlateau(optimizer, patience=1, eps=0.0)
for epoch in range(3):
    for batch in range(12):
        rows = slice(20 * batch, 20 * batch + 20)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        right = (model(x) * y > 0).float().mean()
        schedule.step(right)
