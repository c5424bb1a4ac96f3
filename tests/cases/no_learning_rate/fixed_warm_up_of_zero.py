# expect: nothing
# source: torch.optim.lr_scheduler.LambdaLR multiplies the initial rate, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(5, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
warm_up = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, n / 3))
for _ in range(6):
    x = torch.randn(8, 5)
    nn.functional.l1_loss(model(x), x[:, :1]).backward()
    optimizer.step()
    warm_up.step()
    optimizer.zero_grad()
