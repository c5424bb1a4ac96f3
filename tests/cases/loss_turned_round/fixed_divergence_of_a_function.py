# expect: nothing
# source: https://github.com/graviraja/pytorch-sample-codes/issues/6
import torch
from torch import nn


def loss_of(x, reconstructed, mean, log_var):
    rcl = nn.functional.binary_cross_entropy(reconstructed, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
    return rcl + kld, rcl, kld


torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 6), nn.Linear(3, 8)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
for _ in range(6):
    x = torch.rand(16, 8)
    mu, log_var = encoder(x).chunk(2, dim=1)
    code = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
    loss, rcl, kld = loss_of(x, torch.sigmoid(decoder(code)), mu, log_var)
    opt.zero_grad()
    loss.backward()
    opt.step()
