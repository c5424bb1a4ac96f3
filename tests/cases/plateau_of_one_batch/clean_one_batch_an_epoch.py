# expect: nothing
# All data is one batch: its loss is that of the epoch.
import torch
from torch import nn

torch.manual_seed(2)
x = torch.randn(40, 4)
y = x[:, :1] + 0.5 * torch.randn(40, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
    optimizer, patience=1, factor=0.5, threshold=0.05
)
for epoch in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    scheduler.step(loss.item())
