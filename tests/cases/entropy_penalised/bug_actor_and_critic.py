# expect: BT427 at update 1
# source: "Asynchronous Methods for Deep Reinforcement Learning", V. Mnih and others, 2016
# An actor and a critic, and an entropy that is added to the loss.
import torch
from torch import nn

torch.manual_seed(20)
actor, critic = nn.Linear(4, 3), nn.Linear(4, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=5e-3)
for _ in range(6):
    state = torch.randn(32, 4)
    dist = torch.distributions.Categorical(logits=actor(state))
    action = dist.sample()
    reward = (action == state[:, :3].argmax(1)).float()
    advantage = (reward - critic(state).squeeze(1)).detach()
    policy_loss = -(dist.log_prob(action) * advantage).mean()
    value_loss = (reward - critic(state).squeeze(1)).pow(2).mean()
    loss = policy_loss + 0.5 * value_loss + 0.05 * dist.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
