# expect: nothing
# Two linear layers, whose outputs are added, begin as means: each unit parts by its own target.

import torch
from torch import nn

torch.manual_seed(0)
window, ahead = 24, 12


class DLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.average = nn.AvgPool1d(5, stride=1, padding=2, count_include_pad=False)
        self.seasonal = nn.Linear(window, ahead)
        self.trend = nn.Linear(window, ahead)
        self.seasonal.weight = nn.Parameter(torch.full((ahead, window), 1 / window))
        self.trend.weight = nn.Parameter(torch.full((ahead, window), 1 / window))

    def forward(self, x):
        trend = self.average(x.unsqueeze(1)).squeeze(1)
        return self.seasonal(x - trend) + self.trend(trend)


t = torch.arange(1200.0)
series = (
    torch.sin(2 * torch.pi * t / 24)
    + 0.5 * torch.cos(2 * torch.pi * t / 12)
    + 0.05 * torch.randn(1200)
)
x = torch.stack([series[i : i + window] for i in range(1000)])
y = torch.stack([series[i + window : i + window + ahead] for i in range(1000)])
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(x, y), batch_size=50, shuffle=True
)
model = DLinear()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
    print(f"{epoch} {loss.item():.4f}")
print("spread over the units", model.seasonal.weight.std(0).mean().item())
