# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 8))
        self.decode = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 12))

    def forward(self, x):
        mu, log_var = self.encode(x).chunk(2, dim=1)
        z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
        return self.decode(z), mu, log_var


torch.manual_seed(0)
model = Coder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for update in range(8):
    x = torch.randn(32, 3) @ torch.ones(3, 12)
    again, mu, log_var = model(x)
    reconstruction = F.mse_loss(again, x)
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).mean()
    loss = reconstruction
    loss += 0.1 * divergence
    print(f"update {update}: {loss.item():.4f}, of it {divergence.item():.4f}")
    optimizer.zero_grad()
    loss = reconstruction
    loss.backward(retain_graph=True)
    loss = 0.1 * divergence
    loss.backward()
    optimizer.step()
