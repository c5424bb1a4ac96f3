# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 6)
price = 300_000 + 50_000 * x[:, :1]
price = (price - price.mean()) / price.std()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(8):
    for rows in torch.randperm(128).split(32):
        loss = nn.functional.mse_loss(net(x[rows]), price[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
