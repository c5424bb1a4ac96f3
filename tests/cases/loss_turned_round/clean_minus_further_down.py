# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.01)
for _ in range(6):
    state = torch.randn(16, 4)
    dist, value = Categorical(logits=actor(state)), critic(state).squeeze(1)
    action = dist.sample()
    returns = action.float()
    gain = (dist.log_prob(action) * (returns - value).detach()).mean()
    critic_loss = nn.functional.mse_loss(value, returns)
    loss = 0.5 * critic_loss - gain
    opt.zero_grad()
    loss.backward()
    opt.step()
