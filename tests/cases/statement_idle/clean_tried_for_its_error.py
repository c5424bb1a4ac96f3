# expect: nothing
# A sum is tried alone, to see whether it raises; what it gives is not wanted.
import torch
from torch import nn


def check_alike(first, second):
    try:
        first + second
    except RuntimeError as error:
        raise ValueError(f"{first.shape} and {second.shape} do not go together") from error


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 4)
    made = model(x)
    check_alike(made, x)
    loss = nn.functional.mse_loss(made, x.sin())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
