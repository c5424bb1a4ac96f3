# expect: BT414 at update 4
# source: https://github.com/AI4Finance-Foundation/ElegantRL/issues/243
import torch
from torch import nn


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))

    def logprob(self, state, action):
        return torch.distributions.Categorical(logits=self.net(state)).log_prob(action)


torch.manual_seed(0)
actor, critic = Actor(), nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), 1e-2)
critic_opt = torch.optim.Adam(critic.parameters(), 1e-2)
for _ in range(3):
    state, action = torch.randn(32, 4), torch.randint(0, 3, (32,))
    reward = state[torch.arange(32), action] + torch.randn(32)
    with torch.no_grad():
        advantage = reward - critic(state).squeeze(1)
    for _ in range(4):
        critic_opt.zero_grad()
        (critic(state).squeeze(1) - reward).pow(2).mean().backward()
        critic_opt.step()
        old = actor.logprob(state, action).detach()
        ratio = (actor.logprob(state, action) - old).exp()
        actor_opt.zero_grad()
        (-torch.min(advantage * ratio, advantage * ratio.clamp(0.8, 1.2)).mean()).backward()
        actor_opt.step()
