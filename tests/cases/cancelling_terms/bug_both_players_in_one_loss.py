# expect: BT408 at update 2
# source: Yu et al., "Gradient surgery for multi-task learning", NeurIPS 2020; Goodfellow et al., 2014 (each player has a loss of its own)
# also: BT207
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
critic = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(4):
    real = torch.randn(12, 3)
    push = F.softplus(-critic(real)).mean()
    pull = -F.softplus(-critic(real)).mean()
    loss = push + pull
    backtrace.note_loss(loss, push=push, pull=pull)
    opt.zero_grad()
    loss.backward()
    opt.step()
