# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(3):
    state = torch.randn(64, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(state))
        action = acting.sample()
        kept = acting.log_prob(action)
    gain = (action == state[:, :3].argmax(1)).float()
    gain = gain - gain.mean()
    for rows in torch.randperm(64).split(16):
        now = Categorical(logits=policy(state[rows])).log_prob(action[rows])
        ratio = torch.exp(now - kept[rows])
        loss = -torch.min(ratio * gain[rows], ratio.clamp(0.8, 1.2) * gain[rows]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
