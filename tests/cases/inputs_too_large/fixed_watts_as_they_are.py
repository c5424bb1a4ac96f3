# expect: nothing
# Readings of a meter are standardised.
import torch
from torch import nn

torch.manual_seed(1)
watts = 1500 + 300 * torch.randn(200, 6)
shares = (watts @ torch.tensor([0.2, 0.1, 0.3, 0.1, 0.2, 0.1]) - 1500)[:, None] / 300


class Meter(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(6, 24), nn.Linear(24, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


model = Meter()
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
given = (watts - watts.mean(0)) / watts.std(0)
for epoch in range(3):
    for rows in torch.randperm(200).split(40):
        loss = criterion(model(given[rows]), shares[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
