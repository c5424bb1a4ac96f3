# expect: nothing
# Both parts of the hinge have a backward of their own, and scores are left as they are.
# source: github.com/tntrung/gan, issue 4
import torch
import torch.nn.functional as F
from torch import nn


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.score = nn.Linear(3, 24), nn.Linear(24, 1)

    def forward(self, rows):
        return self.score(F.leaky_relu(self.hidden(rows))).view(-1)


torch.manual_seed(0)
critic = Critic()
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(4):
    optimizer.zero_grad()
    F.relu(1.0 - critic(torch.randn(16, 3) + 1)).mean().backward()
    F.relu(1.0 + critic(torch.randn(16, 3) - 1)).mean().backward()
    optimizer.step()
