# expect: BT433 at update 1
# source: github.com/EDAPINENUT/GNTPP, issue 4: the divergence is summed over the batch before its mask
import torch
from torch import nn

torch.manual_seed(0)


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 8))
        self.decoder = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 5))

    def forward(self, x, mask):
        mean, log_var = self.encoder(x).chunk(2, dim=-1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)
        error = (self.decoder(z) - x).pow(2).sum(-1) * mask
        kl = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) * mask
        return (error + kl).sum() / mask.sum()


model = Steps()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
mixing = torch.randn(3, 5)
for step in range(60):
    lengths = torch.randint(6, 13, (16,))
    mask = (torch.arange(12) < lengths[:, None]).float()
    x = (torch.randn(16, 12, 3) @ mixing) * mask[..., None]
    loss = model(x, mask)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
