# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :1] + 0.1 * torch.randn(256, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
criterion = nn.GaussianNLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for update in range(12):
    mean, log_var = model(x).chunk(2, dim=1)
    spread = torch.exp(log_var / 2)
    loss = criterion(mean, y, spread.clamp(min=1e-3) ** 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
