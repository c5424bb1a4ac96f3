# expect: nothing
# In one block stand the judge's loss of what is real, and its maker's: they are never added.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
of_maker = torch.optim.Adam(maker.parameters(), 1e-3)
of_judge = torch.optim.Adam(judge.parameters(), 1e-3)
for step in range(30):
    real, fake = torch.randn(32, 2) + 2, maker(torch.randn(32, 4))
    loss_real = F.relu(1 - judge(real)).mean()
    loss_judge = loss_real + F.relu(1 + judge(fake.detach())).mean()
    of_judge.zero_grad()
    loss_judge.backward()
    of_judge.step()
    loss_fake = F.relu(1 - judge(fake)).mean()
    of_maker.zero_grad()
    loss_fake.backward()
    of_maker.step()
