# expect: nothing
from itertools import chain

import torch
from torch import nn


def make(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 24), nn.LeakyReLU(0.2), nn.Linear(24, outputs))


def judged(judge, real, made):
    seen, told = judge(real), judge(made.detach())
    return (seen - 1).pow(2).mean() + told.pow(2).mean()


torch.manual_seed(0)
to_b, to_a = make(6, 6), make(6, 6)
judge_a, judge_b = make(6, 1), make(6, 1)
makers = torch.optim.Adam(chain(to_a.parameters(), to_b.parameters()), lr=1e-3)
judges = torch.optim.Adam(chain(judge_a.parameters(), judge_b.parameters()), lr=1e-3)
for _ in range(5):
    a, b = torch.randn(32, 6), torch.rand(32, 6)
    made_a, made_b = to_a(b), to_b(a)
    judges.zero_grad()
    judged(judge_a, a, made_a).backward()
    judged(judge_b, b, made_b).backward()
    judges.step()
    fooled = (judge_a(made_a) - 1).pow(2).mean() + (judge_b(made_b) - 1).pow(2).mean()
    back = (to_a(made_b) - a).abs().mean() + (to_b(made_a) - b).abs().mean()
    makers.zero_grad()
    (fooled + 5 * back).backward()
    makers.step()
