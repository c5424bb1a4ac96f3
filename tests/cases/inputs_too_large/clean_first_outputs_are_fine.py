# expect: nothing
# A layer is drawn for inputs of hundreds, another model scales them itself.
import torch
from torch import nn

torch.manual_seed(0)


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(12, 16), nn.Tanh(), nn.Linear(16, 3))

    def forward(self, x):
        return self.net(x / 255 - 0.5)


drawn = nn.Sequential(nn.Linear(12, 16), nn.Tanh(), nn.Linear(16, 3))
nn.init.normal_(drawn[0].weight, std=0.002)
x = torch.randint(0, 256, (128, 12)).float()
y = x[:, :3].argmax(1)
for model in (Scaled(), drawn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for rows in torch.randperm(128).split(16):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
