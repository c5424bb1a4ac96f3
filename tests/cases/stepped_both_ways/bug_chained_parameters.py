# expect: BT471 at update 2
# source: "Fix optimizer parameter setting of D", github.com/zhaoyuzhi/deepfillv2, pull request 3
import itertools

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3)
d_optimizer = torch.optim.Adam(itertools.chain(judge.parameters(), generator.parameters()), lr=1e-3)
score = nn.BCEWithLogitsLoss()
for _ in range(8):
    made = generator(torch.randn(32, 4))
    loss = score(judge(torch.randn(32, 2) + 2), torch.ones(32, 1))
    loss = loss + score(judge(made), torch.zeros(32, 1))
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    score(judge(generator(torch.randn(32, 4))), torch.ones(32, 1)).backward()
    g_optimizer.step()
