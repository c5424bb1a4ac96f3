# expect: BT429 at update 2
# source: "Auto-Encoding Variational Bayes", D. P. Kingma and M. Welling, 2013, equation 10
# The error is averaged over all pixels of all rows, the divergence over the rows alone.
import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.dec = nn.Linear(36, 8), nn.Linear(4, 36)

    def forward(self, x):
        mu, log_var = self.enc(x).chunk(2, 1)
        z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
        return self.dec(z), mu, log_var


torch.manual_seed(0)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(8):
    x = torch.randn(32, 4) @ torch.randn(4, 36)
    output, mu, log_var = model(x)
    kl = (-0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(dim=1)).mean()
    loss = F.mse_loss(output, x) + kl
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
