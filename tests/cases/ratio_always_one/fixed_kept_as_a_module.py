# expect: nothing
import copy

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(3):
    old_policy = copy.deepcopy(policy)
    state = torch.randn(32, 4)
    with torch.no_grad():
        action = Categorical(logits=policy(state)).sample()
    gain = (action == state[:, :3].argmax(1)).float() - 0.3
    for _ in range(4):
        with torch.no_grad():
            old = Categorical(logits=old_policy(state)).log_prob(action)
        now = Categorical(logits=policy(state)).log_prob(action)
        ratio = (now - old).exp()
        loss = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
