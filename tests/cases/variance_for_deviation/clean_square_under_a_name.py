# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, 0] + 0.1 * torch.randn(256)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, x):
        mu, raw = self.layers(x).unbind(1)
        return mu, F.softplus(raw)


model = Forecast()
criterion = nn.GaussianNLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for update in range(12):
    mu, std = model(x)
    var = std.square()
    loss = criterion(mu, y, var)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
draws = mu + std * torch.randn_like(mu)
print(draws.std().item())
