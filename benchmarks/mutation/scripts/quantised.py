"""An autoencoder through a book of codes, past which the gradient is carried straight."""

import torch
import torch.nn.functional as F
from torch import nn

CODES, WIDTH = 16, 4


class Quantised(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, WIDTH))
        self.codes = nn.Embedding(CODES, WIDTH)
        self.decoder = nn.Sequential(nn.Linear(WIDTH, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        latent = self.encoder(x)
        with torch.no_grad():
            nearest = torch.cdist(latent, self.codes.weight).argmin(1)
        code = self.codes(nearest)
        straight = latent + (code - latent).detach()
        return self.decoder(straight), latent, code


torch.manual_seed(0)
kinds = 2 * torch.randn(8, 10)
data = kinds[torch.randint(0, 8, (512,))] + 0.2 * torch.randn(512, 10)
model = Quantised()
with torch.no_grad():
    model.codes.weight.copy_(model.encoder(data[:CODES]))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    for rows in torch.randperm(512).split(64):
        decoded, latent, code = model(data[rows])
        fit = F.mse_loss(decoded, data[rows])
        moved = F.mse_loss(code, latent.detach())
        committed = F.mse_loss(latent, code.detach())
        loss = fit + moved + committed
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
