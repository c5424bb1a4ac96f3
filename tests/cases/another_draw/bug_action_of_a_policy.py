# expect: BT483 at update 1
# source: docs.pytorch.org, torch.distributions (score function)
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(6):
    scores, rewards = [], []
    for _ in range(8):
        state = torch.randn(4)
        dist = torch.distributions.Categorical(logits=policy(state))
        action = dist.sample()
        rewards.append(float(action.item() == int(state[0] > 0)))
        scores.append(dist.log_prob(dist.sample()))
    gain = torch.tensor(rewards)
    loss = -(torch.stack(scores) * (gain - gain.mean())).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
