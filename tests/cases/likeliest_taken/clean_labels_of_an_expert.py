# expect: nothing
# A student learns the likeliest action of an expert.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
expert = nn.Linear(4, 3).requires_grad_(False)
student = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for _ in range(12):
    states = torch.randn(32, 4)
    actions = expert(states).argmax(dim=-1)
    loss = -Categorical(logits=student(states)).log_prob(actions).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
