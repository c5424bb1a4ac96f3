# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 9))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(120):
    x = torch.rand(64, 1)
    y = 0.02 * torch.where(torch.rand(64, 1) < 0.5, x, -x) + 0.001 * torch.randn(64, 1)
    weight, mean, log_sigma = model(x).chunk(3, dim=1)
    dist = torch.distributions.Normal(0.02 * mean, 0.02 * log_sigma.exp())
    loss = -(dist.log_prob(y) + weight.log_softmax(1)).logsumexp(1).mean()
    loss = loss + 1e-3 * weight[torch.arange(64), 0].pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
