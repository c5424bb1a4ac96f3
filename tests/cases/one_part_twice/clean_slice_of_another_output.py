# expect: nothing
import torch
from torch import nn


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.means = nn.Linear(4, 6)
        self.spreads = nn.Linear(4, 6)

    def forward(self, x):
        h = self.means(x)
        mean = h[:, :2]
        h = self.spreads(x)
        std = nn.functional.softplus(h[:, :2]) + 0.1
        var = h[:, :2]
        return mean, std + 0.01 * var.pow(2)


torch.manual_seed(0)
model = Policy()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 4)
    mean, std = model(x)
    loss = nn.functional.gaussian_nll_loss(mean, x[:, :2] * 2, std.pow(2))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
