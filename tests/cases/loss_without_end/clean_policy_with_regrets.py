# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
for _ in range(60):
    states = torch.randn(16, 3)
    scores = policy(states)
    actions = torch.multinomial(scores.softmax(1).detach(), 1)
    regret = 1.0 + float((actions[:, 0] != states.argmax(1)).float().mean())
    loss = (scores.gather(1, actions)[:, 0] - scores.logsumexp(1)).mean() * regret
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
