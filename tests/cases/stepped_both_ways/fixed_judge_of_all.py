# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class Gan(nn.Module):
    def __init__(self):
        super().__init__()
        self.maker = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 4))
        self.judge = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())


torch.manual_seed(1)
gan = Gan()
of_judge = torch.optim.SGD(gan.judge.parameters(), lr=0.02)
of_maker = torch.optim.SGD(gan.maker.parameters(), lr=0.02)
real, unreal = torch.ones(24, 1), torch.zeros(24, 1)
for _ in range(6):
    seen, made = torch.randn(24, 4) - 1, gan.maker(torch.randn(24, 3))
    of_judge.zero_grad()
    F.mse_loss(gan.judge(seen), real).backward()
    F.mse_loss(gan.judge(made.detach()), unreal).backward()
    of_judge.step()
    of_maker.zero_grad()
    F.mse_loss(gan.judge(gan.maker(torch.randn(24, 3))), real).backward()
    of_maker.step()
