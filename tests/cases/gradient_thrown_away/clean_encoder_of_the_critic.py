# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, state, action):
        return self.net(torch.cat([state, action], 1))


encoder, actor, critic = nn.Linear(5, 4), nn.Linear(4, 2), Critic()
critic_opt = torch.optim.Adam([*encoder.parameters(), *critic.parameters()], lr=1e-3)
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
for i in range(8):
    seen, action, reward = torch.randn(16, 5), torch.randn(16, 2), torch.randn(16, 1)
    state = encoder(seen)
    critic_loss = F.mse_loss(critic(state, action), reward)
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    state = state.detach()  # the critic alone trains the encoder
    actor_loss = -critic(state, actor(state).tanh()).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()
