# expect: nothing
import copy

import torch
from torch import nn


def follow(kept, model, tau=0.005):
    with torch.no_grad():
        for old, new in zip(kept.parameters(), model.parameters(), strict=True):
            old.mul_(1 - tau).add_(new, alpha=tau)


torch.manual_seed(0)
critic = nn.Linear(4, 1)
target = copy.deepcopy(critic)
opt = torch.optim.Adam(critic.parameters(), lr=0.01)
for _ in range(32):
    state, following = torch.randn(16, 4), torch.randn(16, 4)
    with torch.no_grad():
        wanted = state.sum(1, keepdim=True) + 0.9 * target(following)
    loss = nn.functional.mse_loss(critic(state), wanted)
    opt.zero_grad()
    loss.backward()
    opt.step()
    follow(target, critic)
