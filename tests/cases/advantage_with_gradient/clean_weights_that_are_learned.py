# expect: nothing
"""A soft actor of few actions, and the loss of each row with an uncertainty that is learned."""

import torch
from torch import nn

torch.manual_seed(0)
actor, critic, spread = nn.Linear(5, 3), nn.Linear(5, 3), nn.Linear(5, 1)
optimizer = torch.optim.Adam(actor.parameters(), lr=3e-3)
others = torch.optim.Adam([*critic.parameters(), *spread.parameters()], lr=3e-3)
for _ in range(4):
    x, y = torch.randn(32, 5), torch.randint(3, (32,))
    log = actor(x).log_softmax(-1)
    loss = (log.exp() * (0.1 * log - critic(x).detach())).sum(-1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    nll = -critic(x).log_softmax(-1).gather(1, y[:, None]).squeeze(1)
    doubt = spread(x).squeeze(1)
    loss = (nll * torch.exp(-doubt) + doubt).mean()
    others.zero_grad()
    loss.backward()
    others.step()
