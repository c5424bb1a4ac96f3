# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Smoother(nn.Module):
    """One Gaussian kernel for each of the series that are fitted together."""

    def __init__(self, series):  # softplus(0) is 0.69
        super().__init__()
        self.raw_noise = nn.Parameter(torch.full((series, 1, 1), 0.0))
        self.raw_lengthscale = nn.Parameter(torch.full((series, 1, 1), 0.0))

    def forward(self, x, y):
        length = nn.functional.softplus(self.raw_lengthscale)
        noise = nn.functional.softplus(self.raw_noise)
        kernel = torch.exp(-(((x[:, None] - x[None, :]) / length) ** 2) / 2)
        normal = torch.distributions.MultivariateNormal(
            torch.zeros_like(y), kernel + noise * torch.eye(len(x))
        )
        return -normal.log_prob(y) / len(x)


x = torch.linspace(0, 1, 20)
y = torch.stack([torch.sin(6 * x), torch.cos(20 * x)]) + 0.1 * torch.randn(2, 20)
model = Smoother(2)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
for _ in range(12):
    optimizer.zero_grad()
    loss = model(x, y).sum()
    loss.backward()
    optimizer.step()
