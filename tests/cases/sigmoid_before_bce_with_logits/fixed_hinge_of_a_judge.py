# expect: nothing
# The judge ends in a linear layer, and the hinge loss takes its scores.
# source: github.com/grey-eye/talking-heads, issue 42
import torch
from torch import nn

torch.manual_seed(0)
judge = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
maker = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
of_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
of_maker = torch.optim.Adam(maker.parameters(), lr=1e-3)

for _ in range(6):
    real = torch.randn(64, 2) * 0.2 + 1.0
    drawn = maker(torch.randn(64, 4))
    loss = torch.relu(1 - judge(real)).mean() + torch.relu(1 + judge(drawn.detach())).mean()
    of_judge.zero_grad()
    loss.backward()
    of_judge.step()
    loss = -judge(drawn).mean()
    of_maker.zero_grad()
    loss.backward()
    of_maker.step()
