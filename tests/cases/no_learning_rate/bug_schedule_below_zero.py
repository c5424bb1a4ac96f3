# expect: BT508 at update 5
# source: torch.optim.lr_scheduler.LambdaLR, PyTorch documentation; forum threads on a linear decay that goes on
import torch
from torch import nn

torch.manual_seed(0)

epochs = 4
model = nn.Linear(6, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1 - n / (epochs - 0.5))
for epoch in range(epochs + 1):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()
    scheduler.step()
