# expect: BT541 at update 1, BT204 at update 2
# source: github.com/giannifranchi/LP_BNN, issue 3
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.fc_mean = nn.Linear(16, 3)
        self.fc_var = nn.Linear(16, 3)

    def forward(self, x):
        h = torch.relu(self.body(x))
        code_mean, code_logvar = self.fc_mean(h), self.fc_mean(h)
        return code_mean, code_logvar


torch.manual_seed(0)
encoder, decoder = Encoder(), nn.Linear(3, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 8)
    mu, log_var = encoder(x)
    out = decoder(mu + torch.exp(0.5 * log_var) * torch.randn_like(mu))
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = (out - x).pow(2).sum(1).mean() + divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
