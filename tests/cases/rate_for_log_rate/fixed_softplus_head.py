# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
X = torch.randn(64, 4)
counts = torch.poisson(torch.exp(0.5 * X[:, 0]))
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.PoissonNLLLoss(log_input=False)
for step in range(6):
    rate = F.softplus(net(X)).squeeze(1)
    loss = criterion(rate, counts)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
