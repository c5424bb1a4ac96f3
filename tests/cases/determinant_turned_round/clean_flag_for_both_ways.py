# expect: nothing
# One method has both directions, each with its own sign, and draws are scored with the second.
import torch
from torch import nn

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, x, reverse=False):
        kept, moved = x.chunk(2, dim=1)
        raw, shift = self.net(kept).chunk(2, dim=1)
        scale = torch.sigmoid(raw + 2)
        if not reverse:
            moved = (moved + shift) * scale
            log_det = torch.log(scale).sum(dim=1)
        else:
            moved = moved / scale - shift
            log_det = -torch.log(scale).sum(dim=1)
        return torch.cat([kept, moved], dim=1), log_det


prior = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
block = Block()
optimizer = torch.optim.Adam(block.parameters(), lr=2e-3)
for step in range(60):
    first = torch.randn(64, 1)
    batch = torch.cat([first, first.sin() + 0.4 * torch.randn(64, 1)], dim=1)
    z, log_det = block(batch)
    loss = -(prior.log_prob(z) + log_det).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

with torch.no_grad():
    drawn = prior.sample((256,))
    points, log_det = block(drawn, reverse=True)
    entropy = -(prior.log_prob(drawn) - log_det).mean()
print(f"entropy {entropy:.3f}")
