# expect: nothing
# Random Fourier features are drawn wide, and no optimizer moves them.
import torch
from torch import nn

torch.manual_seed(0)


class Field(nn.Module):
    def __init__(self, features=64):
        super().__init__()
        self.waves = nn.Linear(2, features, bias=False)
        nn.init.normal_(self.waves.weight, std=8.0)
        self.waves.weight.requires_grad_(False)
        self.net = nn.Sequential(nn.Linear(2 * features, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, places):
        waves = self.waves(places)
        return self.net(torch.cat([waves.sin(), waves.cos()], dim=1))


field = Field()
optimizer = torch.optim.Adam(field.net.parameters(), lr=1e-3)
for _ in range(12):
    places = torch.rand(64, 2)
    wanted = (9 * places[:, :1]).sin() * (7 * places[:, 1:]).cos()
    loss = nn.functional.mse_loss(field(places), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
