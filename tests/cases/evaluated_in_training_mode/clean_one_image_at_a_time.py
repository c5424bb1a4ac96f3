# expect: nothing
# One image is learned from, and each call has one: batch norm is by itself, then as before.
import torch
from torch import nn

torch.manual_seed(12)
model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.LeakyReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
image = torch.randn(1, 1, 8, 8)
for epoch in range(12):
    loss = nn.functional.mse_loss(
        model(image + 0.3 * torch.randn_like(image)), image[..., 1:-1, 1:-1]
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    drawn = [model(torch.randn(1, 1, 8, 8)) for _ in range(5)]
print(torch.cat(drawn).std())
