# expect: BT434 at update 1
# source: "Auto-Encoding Variational Bayes", D. P. Kingma and M. Welling, 2013, appendix B
# A normal distribution is made with a variance as its scale, and drawn from.
import torch
from torch import nn

torch.manual_seed(1)
encoder, decoder = nn.Linear(8, 4), nn.Linear(2, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=3e-3)
for _ in range(8):
    x = torch.randn(24, 8)
    mean, log_var = encoder(x).chunk(2, dim=1)
    z = torch.distributions.Normal(mean, log_var.exp()).rsample()
    divergence = (0.5 * (mean**2 + log_var.exp() - 1 - log_var)).sum(dim=1).mean()
    loss = (decoder(z) - x).pow(2).sum(dim=1).mean() + 0.3 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
