# expect: nothing
# The losses of the update before are alive until their names are given anew: two at most.
import torch
from torch import nn

torch.manual_seed(0)
critic, actor = nn.Linear(5, 1), nn.Linear(4, 1)
of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
of_actor = torch.optim.Adam(actor.parameters(), lr=1e-3)
log_alpha = torch.zeros(1, requires_grad=True)
of_alpha = torch.optim.Adam([log_alpha], lr=1e-3)
for step in range(1, 15):
    state = torch.randn(32, 4)
    action = actor(state).detach()
    value_loss = (critic(torch.cat([state, action], 1)) - state.sum(1, keepdim=True)).pow(2).mean()
    of_critic.zero_grad()
    value_loss.backward()
    of_critic.step()
    if step % 2 == 0:
        chosen = actor(state)
        actor_loss = (log_alpha.exp().detach() * chosen.pow(2)).mean()
        actor_loss = actor_loss - critic(torch.cat([state, chosen], 1)).mean()
        of_actor.zero_grad()
        actor_loss.backward()
        of_actor.step()
        alpha_loss = (log_alpha.exp() * (1 - chosen.pow(2)).detach()).mean()
        of_alpha.zero_grad()
        alpha_loss.backward()
        of_alpha.step()
