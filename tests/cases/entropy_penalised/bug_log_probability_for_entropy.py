# expect: BT427 at update 1
# source: github.com/MrSyee/pg-is-all-you-need, issue 37
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3))
critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
entropy_weight, gamma = 0.01, 0.99
state = torch.randn(16, 4)
for step in range(60):
    dist = torch.distributions.Categorical(logits=actor(state))
    action = dist.sample()
    log_prob = dist.log_prob(action).unsqueeze(1)
    reward = (state[:, :3].argmax(1) == action).float().unsqueeze(1)
    next_state = torch.randn(16, 4)
    with torch.no_grad():
        target = reward + gamma * critic(next_state)
    value = critic(state)
    value_loss = F.smooth_l1_loss(value, target)
    critic_optimizer.zero_grad()
    value_loss.backward()
    critic_optimizer.step()
    advantage = (target - value).detach()
    policy_loss = -advantage * log_prob
    policy_loss += entropy_weight * -log_prob
    actor_optimizer.zero_grad()
    policy_loss.mean().backward()
    actor_optimizer.step()
    state = next_state
