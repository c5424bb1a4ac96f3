# expect: BT461 at update 1
# source: discuss.pytorch.org, "REINFORCE gets worse" (no minus before log_prob * reward)
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(6):
    dist = Categorical(logits=policy(torch.randn(16, 4)))
    action = dist.sample()
    reward = action.float()
    advantage = reward - reward.mean()
    policy_loss = (dist.log_prob(action) * advantage).mean()
    loss = policy_loss - 0.01 * dist.entropy().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
