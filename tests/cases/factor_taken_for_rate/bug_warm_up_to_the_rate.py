# expect: BT517 at update 4
# source: torch.optim.lr_scheduler.LambdaLR, PyTorch documentation
# A warm-up of four steps leads to the rate itself, as a factor.
import torch
from torch import nn

RATE = 1e-3
torch.manual_seed(1)
model = nn.Sequential(nn.Linear(4, 16), nn.GELU(), nn.Linear(16, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)


def warm_up(step):
    return min(1.0, (step + 1) / 4) * RATE


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_up)
for _ in range(10):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
