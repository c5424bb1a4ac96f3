# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(24, 32), nn.Tanh(), nn.Linear(32, 16))
        self.decode = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 24))

    def forward(self, x):
        mu, log_var = self.encode(x).chunk(2, dim=1)
        z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
        return self.decode(z), mu, log_var


def loss_of(again, x, mu, log_var):
    errors = F.binary_cross_entropy_with_logits(again, x, reduction="sum") / len(x)
    divergence = -0.5 * torch.mean(torch.sum(1 + log_var - mu.pow(2) - log_var.exp(), 1))
    return errors + divergence


torch.manual_seed(0)
model = Coder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for update in range(12):
    x = torch.sigmoid(torch.randn(32, 3) @ torch.ones(3, 24))
    again, mu, log_var = model(x)
    loss = loss_of(again, x, mu, log_var)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
