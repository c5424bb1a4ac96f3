# expect: nothing
# A batch whose loss is not finite is passed over.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for number in range(5):
    x = torch.randn(16, 4)
    if number == 2:
        x[0, 0] = float("inf")
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    if not torch.isfinite(loss):
        continue
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
