# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
score = nn.Linear(5, 1)
opt = torch.optim.SGD(score.parameters(), lr=0.05)
ranking, margin = nn.MarginRankingLoss(margin=0.5), nn.SoftMarginLoss()
for _ in range(8):
    better, worse = torch.randn(16, 5) + 0.5, torch.randn(16, 5) - 0.5
    first, second = score(better).squeeze(1), score(worse).squeeze(1)
    signs = torch.cat([torch.ones(16), -torch.ones(16)])
    loss = ranking(first, second, torch.ones(16)) + margin(torch.cat([first, second]), signs)
    opt.zero_grad()
    loss.backward()
    opt.step()
