# expect: nothing
# Actor-critic in which the actor's loss is built from detached log-probabilities.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=1e-3)

for episode in range(4):
    states = torch.randn(20, 4)
    dist = Categorical(logits=actor(states))
    actions = dist.sample()
    log_probs = dist.log_prob(actions)
    returns = states[:, :1] + actions.unsqueeze(1)
    values = critic(states)
    advantage = returns - values

    actor_loss = -(log_probs * advantage.detach().squeeze(1)).mean()
    critic_loss = advantage.pow(2).mean()

    actor_opt.zero_grad()
    critic_opt.zero_grad()
    (actor_loss + critic_loss).backward()
    actor_opt.step()
    critic_opt.step()
