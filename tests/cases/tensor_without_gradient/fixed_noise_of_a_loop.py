# expect: nothing
# source: torch.optim, PyTorch documentation, "Constructing it"
# The deviation is to be learned, and requires a gradient.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
log_sigma = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam([*model.parameters(), log_sigma], lr=1e-2)
for _ in range(12):
    x = torch.randn(32, 6)
    error = model(x) - x[:, :1] + 0.1 * torch.randn(32, 1)
    loss = (0.5 * (error / log_sigma.exp()) ** 2 + log_sigma).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
