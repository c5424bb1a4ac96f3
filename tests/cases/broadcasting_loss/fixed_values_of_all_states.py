# expect: nothing
# source: github.com/floodsung/a2c_cartpole_pytorch, issue 3: returns (N,) less values (N, 1)
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.LogSoftmax(dim=1))
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=0.01)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=0.01)
for _ in range(6):
    states = torch.randn(20, 4)
    taken = torch.multinomial(actor(states).exp().detach(), 1).squeeze(1)
    actions = nn.functional.one_hot(taken, 2).float()
    returns = (states[:, 0] > 0).float() * taken + states[:, 1]

    log_probs, values = actor(states), critic(states).detach()
    advantages = returns - values.squeeze(1)
    actor_optimizer.zero_grad()
    actor_loss = -torch.mean(torch.sum(log_probs * actions, 1) * advantages)
    actor_loss.backward()
    actor_optimizer.step()

    critic_optimizer.zero_grad()
    critic_loss = nn.functional.mse_loss(critic(states).squeeze(1), returns)
    critic_loss.backward()
    critic_optimizer.step()
