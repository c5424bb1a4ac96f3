# expect: BT414 at update 2
# source: github.com/tensorforce/tensorforce, issue 312
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(3):
    with torch.no_grad():
        state = torch.randn(32, 4)
        acting = Categorical(logits=policy(state))
        action = acting.sample()
        old = acting.log_prob(action)
        gain = (action == state[:, :3].argmax(1)).float()
        gain = gain - gain.mean()
    for _ in range(4):
        now = Categorical(logits=policy(state)).log_prob(action)
        ratio = torch.exp(now - now.detach())
        loss = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
