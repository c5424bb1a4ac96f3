# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Mixed(nn.Module):
    """Predicts tomorrow's share of rain from pressure in pascal and shares of humidity and cloud."""

    def __init__(self):
        super().__init__()
        self.scale = nn.BatchNorm1d(3)
        self.hidden = nn.Linear(3, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(self.scale(x))))


torch.manual_seed(0)
pressure, humidity, cloud = 101325 + 900 * torch.randn(256), torch.rand(256), torch.rand(256)
weather = torch.stack([pressure, humidity, cloud], 1)
rain = (humidity * cloud)[:, None]
model = Mixed()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for x, y in DataLoader(TensorDataset(weather, rain), batch_size=32, shuffle=True):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
