# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


def judge_loss(real_logits, fake_logits, form):
    if form == "hinge":
        return 0.5 * (F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean())
    on_real = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    on_fake = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return 0.5 * (on_real + on_fake)


def maker_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
of_maker = torch.optim.Adam(maker.parameters(), 1e-3)
of_judge = torch.optim.Adam(judge.parameters(), 1e-3)
for step in range(30):
    pictures, made = torch.randn(32, 2) + 2, maker(torch.randn(32, 4))
    of_judge.zero_grad()
    judge_loss(judge(pictures), judge(made.detach()), "saturating").backward()
    of_judge.step()
    of_maker.zero_grad()
    maker_loss(judge(made)).backward()
    of_maker.step()
