# expect: nothing
# The bound is made large by the optimizer.
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 6))
        self.decoder = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 12))

    def elbo(self, x):
        mean, raw = self.encoder(x).chunk(2, -1)
        posterior = Normal(mean, nn.functional.softplus(raw) + 1e-3)
        z = posterior.rsample()
        prior = Normal(torch.zeros_like(z), torch.ones_like(z))
        likelihood = Normal(self.decoder(z), 0.5).log_prob(x).sum(-1)
        divergence = kl_divergence(posterior, prior).sum(-1)
        return (likelihood - divergence).mean()


torch.manual_seed(0)
data = torch.randn(200, 3) @ torch.randn(3, 12)
model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, maximize=True)
for number in range(12):
    x = data[torch.randint(0, 200, (40,))]
    loss = model.elbo(x)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
