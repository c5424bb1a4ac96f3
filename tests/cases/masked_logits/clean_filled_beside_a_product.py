# expect: nothing
# What the product leaves at zero is put far below by a second term.
import torch
from torch import nn


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.ask, self.key, self.value = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 6)

    def forward(self, x):
        scores = self.ask(x) @ self.key(x).transpose(-1, -2)
        mask = torch.tril(torch.ones(x.shape[1], x.shape[1]))
        scores = scores * mask - 1e9 * (1 - mask)
        return torch.softmax(scores, dim=-1) @ self.value(x)


torch.manual_seed(0)
model = Masked()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(8, 5, 6)
    opt.zero_grad()
    nn.functional.mse_loss(model(x), x.cumsum(1)).backward()
    opt.step()
