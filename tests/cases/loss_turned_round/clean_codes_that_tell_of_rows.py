# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
latents, classes = 6, 5
mixing = torch.randn(4, 24)


class GumbelVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, latents * classes))
        self.decoder = nn.Sequential(nn.Linear(latents * classes, 48), nn.ReLU(), nn.Linear(48, 24))

    def forward(self, x, temperature):
        logits = self.encoder(x).view(-1, latents, classes)
        code = F.gumbel_softmax(logits, tau=temperature)
        return self.decoder(code.flatten(1)), logits


def objective(rebuilt, x, logits):
    q = F.softmax(logits, dim=-1)
    log_q = F.log_softmax(logits, dim=-1)
    recon_loss = F.mse_loss(rebuilt, x, reduction="sum") / len(x)
    mean_q = q.mean(dim=0)
    told = torch.sum(q * (log_q - torch.log(mean_q))) / len(x)
    return recon_loss - 0.1 * told, told


model = GumbelVAE()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(80):
    x = torch.tanh(torch.randn(64, 4) @ mixing) + 0.05 * torch.randn(64, 24)
    rebuilt, logits = model(x, max(0.5, 1 - 0.01 * step))
    loss, told = objective(rebuilt, x, logits)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
