# expect: nothing
# A network gives the logarithm of the variance, and is held to a prior of variance 2.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self, nodes):
        super().__init__()
        self.base = nn.Linear(nodes, 16)
        self.to_mean, self.to_log_var = nn.Linear(16, 4), nn.Linear(16, 4)

    def forward(self, neighbours, features):
        hidden = torch.relu(neighbours @ self.base(features))
        self.mean = neighbours @ self.to_mean(hidden)
        self.log_var = neighbours @ self.to_log_var(hidden)
        return self.mean + torch.randn_like(self.mean) * (0.5 * self.log_var).exp()


group = torch.arange(30) % 3
edges = ((group[:, None] == group) & (torch.rand(30, 30) < 0.5)).float()
edges = ((edges + edges.t()) > 0).float()
neighbours = (edges + torch.eye(30)) / (edges.sum(1, keepdim=True) + 1)
model = Encoder(30)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(6):
    z = model(neighbours, torch.eye(30))
    fit = F.binary_cross_entropy_with_logits(z @ z.t(), edges)
    terms = 1 + 2 * model.log_var - model.mean**2 - model.log_var.exp()
    loss = fit - 0.5 / 30 * terms.sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
