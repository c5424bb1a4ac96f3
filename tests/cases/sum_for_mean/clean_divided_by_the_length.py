# expect: nothing
# A count that nothing reads, beside a sum that the length of the loader divides.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 5)
y = x[:, :1] - x[:, 1:2]
batches = list(zip(x.split(12), y.split(12), strict=True))
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    loss_sum, n = 0.0, 0
    for rows, wanted in batches:
        loss = nn.functional.mse_loss(model(rows), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
        n += len(rows)
    mean = loss_sum / len(batches)
    print(f"loss {mean:.3f}")
