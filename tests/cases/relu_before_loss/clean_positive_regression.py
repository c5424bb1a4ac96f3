# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
counts = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 1), nn.Softplus())
opt = torch.optim.Adam(counts.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.rand(16, 4)
    loss = nn.functional.poisson_nll_loss(counts(x), (10 * x[:, :1]).round(), log_input=False)
    opt.zero_grad()
    loss.backward()
    opt.step()
