# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
X, exposure = torch.randn(64, 3), 1 + torch.rand(64)
counts = torch.poisson(exposure * torch.exp(0.2 * X[:, 0]))
net = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.PoissonNLLLoss()
for step in range(8):
    log_rate = net(X).squeeze(1) + exposure.log()
    loss = criterion(log_rate, counts)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
