# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
mixing = torch.randn(4, 24)


class MaskedAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 8))
        self.decoder = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 24))

    def forward(self, x):
        return self.decoder(self.encoder(x))


model = MaskedAutoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
rows = torch.tanh(torch.randn(80, 64, 4) @ mixing)
for patches in rows:
    target = patches.clone()
    mask = torch.rand(patches.shape) < 0.5
    patches[mask] = 0
    rebuilt = model(patches)
    loss = nn.functional.mse_loss(rebuilt, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
