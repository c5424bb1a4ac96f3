# expect: BT327 at update 1
# source: https://github.com/Lightning-Universe/lightning-bolts/issues/328
# The weight of the divergence is kept by the model, and the divergence is added as it is.
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self, kl_coeff=0.05):
        super().__init__()
        self.kl_coeff = kl_coeff
        self.encoder, self.decoder = nn.Linear(12, 8), nn.Linear(4, 12)

    def step(self, x):
        mean, log_std = self.encoder(x).chunk(2, 1)
        q = Normal(mean, log_std.exp())
        recon_loss = F.mse_loss(self.decoder(q.rsample()), x)
        kl = kl_divergence(q, Normal(0.0, 1.0)).mean()
        loss = kl + recon_loss
        return loss, kl


model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
mixed = torch.randn(4, 12)
for _ in range(8):
    loss, _ = model.step(torch.randn(32, 4) @ mixed)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
