# expect: nothing
# source: github.com/czbiohub-sf/noise2self: one noisy image, of which other pixels are masked each time
import torch
from torch import nn

torch.manual_seed(0)
rows = torch.linspace(0, 6, 16)
clean = (rows.sin()[:, None] * rows.cos()[None]).reshape(1, 1, 16, 16)
noisy = clean + 0.2 * torch.randn(1, 1, 16, 16)
net = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 1, 3, padding=1)
)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for update in range(12):
    mask = torch.zeros_like(noisy)
    mask[..., update % 4 :: 4, (update // 4) % 4 :: 4] = 1
    given = noisy * (1 - mask) + mask * noisy.roll(1, -1)
    net.train()
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(given) * mask, noisy * mask)
    loss.backward()
    optimizer.step()
