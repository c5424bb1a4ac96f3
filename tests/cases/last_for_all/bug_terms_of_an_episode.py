# expect: BT413
# source: Python language reference, 8.3: names in the target list are not deleted when the loop is finished
"""The critic's loss of the last step is added to the actor's of all steps."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor, critic = nn.Linear(3, 2), nn.Linear(3, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-2)
for episode in range(6):
    actor_losses, critic_losses = [], []
    for state in torch.randn(10, 3):
        chosen = Categorical(logits=actor(state))
        action = chosen.sample()
        reward = state[0] if action == 1 else -state[0]
        value = critic(state).squeeze()
        advantage = reward - value.detach()
        critic_loss = nn.functional.smooth_l1_loss(value, reward)
        actor_losses.append(-chosen.log_prob(action) * advantage)
        critic_losses.append(critic_loss)
    loss = torch.stack(actor_losses).sum() + critic_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
