# expect: nothing
# Advantages are centred over the batch, and the value of a state is their baseline.
import torch
from torch import nn

torch.manual_seed(0)
policy, critic = nn.Linear(4, 2), nn.Linear(4, 1)
optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=1e-2)


def learn(states, actions, rewards):
    value = critic(states).squeeze(1)
    adv = rewards - value.detach()
    returns = value.detach() + adv
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    chosen = torch.distributions.Categorical(logits=policy(states)).log_prob(actions)
    loss = -(chosen * adv).mean() + nn.functional.mse_loss(value, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(15):
    states = torch.randn(24, 4)
    with torch.no_grad():
        actions = torch.distributions.Categorical(logits=policy(states)).sample()
    learn(states, actions, (actions == (states[:, 0] > 0)).float())
