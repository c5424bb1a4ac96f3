# expect: nothing
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
critic = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(4):
    real = torch.randn(12, 3)
    push = F.softplus(-critic(real)).mean()
    pull = F.softplus(critic(torch.rand(12, 3))).mean()
    loss = push + pull
    backtrace.note_loss(loss, push=push, pull=pull)
    opt.zero_grad()
    loss.backward()
    opt.step()
