# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
prior = torch.full((8,), 1 / 8)
centres = 2 * torch.randn(8, 10)


class MixtureVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
        self.decode = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        scores = self.encode(x)
        code = nn.functional.gumbel_softmax(scores, tau=0.7)
        return self.decode(code), scores.softmax(dim=1)


vae = MixtureVAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=2e-3)
criterion = nn.MSELoss(reduction="sum")
for step in range(80):
    x = centres[torch.randint(0, 8, (64,))] + 0.2 * torch.randn(64, 10)
    x_hat, posterior = vae(x)
    kld = (posterior * torch.log(posterior / prior)).sum(dim=1).mean()
    loss = criterion(x_hat, x) / len(x) + kld
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
