# expect: nothing
# source: torch.nn.Parameter, PyTorch documentation
# The temperature requires a gradient, and has a rate of its own.
import torch
from torch import nn


class Matcher(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(6, 16), nn.Linear(4, 16)
        self.temperature = torch.tensor(0.0, requires_grad=True)

    def forward(self, a, b):
        left, right = nn.functional.normalize(self.left(a)), nn.functional.normalize(self.right(b))
        return left @ right.T * self.temperature.exp()


torch.manual_seed(0)
matcher = Matcher()
groups = [{"params": matcher.parameters()}, {"params": [matcher.temperature], "lr": 1e-2}]
optimizer = torch.optim.AdamW(groups, lr=1e-3)
for _ in range(12):
    a = torch.randn(24, 6)
    scores = matcher(a, a[:, :4] + 0.1 * torch.randn(24, 4))
    loss = nn.functional.cross_entropy(scores, torch.arange(24))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
