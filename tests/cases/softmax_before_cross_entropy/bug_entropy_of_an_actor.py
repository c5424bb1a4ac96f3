# expect: BT402 at update 1
# source: https://github.com/keiohta/tf2rl/issues/140
# An actor gives probabilities in another shape, and a distribution of one-hot actions their logits.
import torch
from torch import nn
from torch.distributions import OneHotCategorical

torch.manual_seed(0)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return torch.softmax(self.head(self.hidden(x).tanh()), dim=1).unsqueeze(1)


actor = Actor()
optimizer = torch.optim.Adam(actor.parameters(), lr=5e-3)
for _ in range(8):
    states = torch.randn(16, 5)
    dist = OneHotCategorical(logits=actor(states))
    actions = dist.sample()
    gains = (actions[:, 0] * states[:, :4]).sum(1)
    score = (dist.log_prob(actions)[:, 0] * (gains - gains.mean())).mean()
    loss = -score - 0.01 * dist.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
