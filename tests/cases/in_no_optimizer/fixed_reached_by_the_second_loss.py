# expect: nothing
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*judge.parameters(), *maker.parameters()], lr=1e-3)
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
for _ in range(6):
    real = torch.randn(32, 2) * 0.3 + 1
    made = maker(torch.randn(32, 4))
    optimizer.zero_grad()
    (bce(judge(real), ones) + bce(judge(made.detach()), zeros)).backward()
    optimizer.step()
    optimizer.zero_grad()
    bce(judge(made), ones).backward()
    optimizer.step()
