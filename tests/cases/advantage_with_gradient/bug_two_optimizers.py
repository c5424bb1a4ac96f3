# expect: BT115 at update 1
# source: github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail, "advantages.detach()"
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(6):
    state, following = torch.randn(24, 4), torch.randn(24, 4)
    log = actor(state).log_softmax(-1)
    action = log.exp().multinomial(1)
    reward = (action.squeeze(1) == (state[:, 0] > 0)).float()
    error = reward + 0.9 * critic(following).squeeze(1).detach() - critic(state).squeeze(1)
    critic_loss = error.pow(2).mean()
    actor_loss = -(log.gather(1, action).squeeze(1) * error).mean()
    actor_optimizer.zero_grad()
    critic_optimizer.zero_grad()
    (actor_loss + critic_loss).backward()
    actor_optimizer.step()
    critic_optimizer.step()
