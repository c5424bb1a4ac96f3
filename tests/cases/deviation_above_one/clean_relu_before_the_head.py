# expect: nothing
# The ReLU stands before the layer that says the logarithm of a variance.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mu, self.log_var = nn.Linear(6, 16), nn.Linear(16, 2), nn.Linear(16, 2)

    def forward(self, x):
        mu = self.mu(F.relu(self.hidden(x)))
        log_var = self.log_var(F.relu(self.hidden(x)))
        std = (0.5 * log_var).exp()
        return mu + std * torch.randn_like(std), mu, log_var


encoder, decoder = Encoder(), nn.Linear(2, 6)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for _ in range(20):
    x = torch.randn(32, 6)
    code, mu, log_var = encoder(x)
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = F.mse_loss(decoder(code), x) + 0.01 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
