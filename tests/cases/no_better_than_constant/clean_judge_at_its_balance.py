# expect: nothing
"""A judge that can no longer tell what is made from what is real: that is what a game ends in."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
maker, judge = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
of_maker = torch.optim.Adam(maker.parameters(), lr=1e-3)
of_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
sides = torch.cat([torch.ones(16, 1), torch.zeros(16, 1)])
for _ in range(160):
    real, made = torch.randn(16, 2), maker(torch.randn(16, 2))
    of_judge.zero_grad()
    F.binary_cross_entropy_with_logits(judge(torch.cat([real, made.detach()])), sides).backward()
    of_judge.step()
    of_maker.zero_grad()
    F.binary_cross_entropy_with_logits(judge(made), torch.ones(16, 1)).backward()
    of_maker.step()
