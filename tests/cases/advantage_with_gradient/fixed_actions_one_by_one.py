# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor, critic = nn.Linear(5, 4), nn.Linear(5, 1)
model = nn.ModuleList([actor, critic])
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    state = torch.randn(32, 5)
    value = critic(state).squeeze(-1)
    log_prob, cost = 0.0, torch.zeros(32)
    for at in range(5):
        policy = Categorical(logits=actor(state))
        action = policy.sample()
        log_prob = log_prob + policy.log_prob(action)
        cost = cost + (action != at % 4).float()
    actor_loss = ((cost - value.detach()) * log_prob).mean()
    optimizer.zero_grad()
    (actor_loss + nn.functional.mse_loss(value, cost)).backward()
    optimizer.step()
