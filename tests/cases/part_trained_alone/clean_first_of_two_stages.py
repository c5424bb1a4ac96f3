# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
data = torch.randn(256, 4) @ torch.randn(4, 12)
encode, decode = nn.Linear(12, 8), nn.Linear(4, 12)
optimizer = torch.optim.Adam([*encode.parameters(), *decode.parameters()], lr=1e-3)
for update in range(20):
    batch = data[torch.randint(0, 256, (64,))]
    mu, log_var = encode(batch).chunk(2, dim=1)
    again = decode(mu + torch.randn_like(mu) * (0.5 * log_var).exp())
    recon_loss = F.mse_loss(again, batch, reduction="sum") / 64
    kl_loss = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = recon_loss + kl_loss
    optimizer.zero_grad()
    if update < 5:
        recon_loss.backward()
    else:
        loss.backward()
    optimizer.step()
    print(update, loss.item())
