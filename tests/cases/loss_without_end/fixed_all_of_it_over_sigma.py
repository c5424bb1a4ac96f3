# expect: nothing
# source: https://github.com/saidwivedi/POCO/issues/10
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for _ in range(150):
    x = torch.randn(32, 4)
    y = x[:, 0] + 0.1 * torch.randn(32)
    mean, log_sigma = model(x).unbind(1)
    sigma = log_sigma.exp()
    loss = (torch.log(sigma) + (y - mean).abs() / (2**0.5 * sigma + 1e-9)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
