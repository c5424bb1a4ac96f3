# expect: BT584 at update 1
# source: github.com/learnables/learn2learn, issue 342: a rate is annealed from itself to itself
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
least_weight, full_weight, warm_up = 0.01, 0.5, 40
mixing = torch.randn(3, 12)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 3))
        self.decoder = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 12))

    def forward(self, x):
        code = self.encoder(x)
        return self.decoder(code), code


model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(90):
    weight = np.interp(step, [0, warm_up], [full_weight, full_weight])
    x = torch.randn(64, 3) @ mixing + 0.1 * torch.randn(64, 12)
    rebuilt, code = model(x)
    loss = nn.functional.mse_loss(rebuilt, x) + weight * code.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
