"""Tomorrow's load from a day of weather: inputs and targets in units of their own spread."""

import torch
import torch.nn.functional as F
from torch import nn


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 24, num_layers=2, batch_first=True)
        self.head = nn.Linear(24, 1)

    def forward(self, days):
        _, (hidden, _) = self.lstm(days)
        return self.head(hidden[-1]).squeeze(1)


torch.manual_seed(0)
hours = torch.stack(
    [
        15 + 8 * torch.randn(400, 12),
        60 + 20 * torch.rand(400, 12),
        5 + 2 * torch.randn(400, 12),
    ],
    2,
)
loads = 900 - 12 * hours[:, 6:, 0].mean(1) + 4 * hours[:, -1, 1] + 5 * torch.randn(400)
train, held = torch.arange(320), torch.arange(320, 400)
mean, spread = hours[train].mean((0, 1)), hours[train].std((0, 1))
days = (hours - mean) / spread
load_mean, load_spread = loads[train].mean(), loads[train].std()
targets = (loads - load_mean) / load_spread
model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
for epoch in range(12):
    for rows in train[torch.randperm(320)].split(32):
        loss = F.mse_loss(model(days[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    scheduler.step()
with torch.no_grad():
    error = load_spread * F.l1_loss(model(days[held]), targets[held])
