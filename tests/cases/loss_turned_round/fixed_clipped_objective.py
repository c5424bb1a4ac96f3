# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(3):
    state = torch.randn(32, 4)
    with torch.no_grad():
        dist = Categorical(logits=policy(state))
        action = dist.sample()
        old = dist.log_prob(action)
    advantage = action.float() - 0.5
    for _ in range(2):
        ratio = (Categorical(logits=policy(state)).log_prob(action) - old).exp()
        surr1 = ratio * advantage
        surr2 = ratio.clamp(0.8, 1.2) * advantage
        policy_loss = -torch.min(surr1, surr2).mean()
        opt.zero_grad()
        policy_loss.backward()
        opt.step()
