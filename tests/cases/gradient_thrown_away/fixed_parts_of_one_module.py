# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Gan(nn.Module):
    def __init__(self):
        super().__init__()
        self.maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))

    def forward(self, z):
        return self.maker(z)


def score(logits, is_real):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, is_real))


gan = Gan()
maker_optimizer = torch.optim.Adam(gan.maker.parameters(), lr=1e-3)
judge_optimizer = torch.optim.Adam(gan.judge.parameters(), lr=1e-3)
for _ in range(8):
    real = torch.randn(32, 2) * 0.5 + 1
    fake = gan(torch.randn(32, 4))
    judge_loss = score(gan.judge(real), 1.0) + score(gan.judge(fake.detach()), 0.0)
    judge_optimizer.zero_grad()
    judge_loss.backward()
    judge_optimizer.step()
    fake = gan(torch.randn(32, 4))
    maker_loss = score(gan.judge(fake), 1.0) + F.l1_loss(fake.mean(0), torch.ones(2))
    maker_optimizer.zero_grad()
    maker_loss.backward()
    maker_optimizer.step()
