# expect: BT517 at update 1
# source: torch.optim.lr_scheduler.LambdaLR, PyTorch documentation
# The rate falls by a twentieth each epoch, and the function has the rate in it.
import torch
from torch import nn

RATE = 0.01
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: RATE * 0.95**epoch)
for _ in range(3):
    for _ in range(4):
        x = torch.randn(32, 4)
        loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
