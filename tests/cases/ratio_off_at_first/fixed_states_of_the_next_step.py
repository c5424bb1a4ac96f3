# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 16)
        self.head = nn.Linear(16, 3)

    def forward(self, seen, state, begins):
        state = self.cell(seen, state * (1 - begins).unsqueeze(1))
        return Categorical(logits=4 * self.head(state)), state


torch.manual_seed(0)
policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
state, begins = torch.zeros(8, 16), torch.ones(8)
for _ in range(3):
    first, kept = state, []
    for _ in range(12):
        seen = torch.randn(8, 4)
        with torch.no_grad():
            dist, state = policy(seen, state, begins)
            action = dist.sample()
        ends = (torch.rand(8) < 0.2).float()
        gain = (action == seen[:, :3].argmax(1)).float() - 0.3
        kept.append((seen, begins, action, dist.log_prob(action), gain, ends))
        begins = ends
    for _ in range(3):
        state_now, terms = first, []
        for seen, before, action, old, gain, _after in kept:
            dist, state_now = policy(seen, state_now, before)
            ratio = (dist.log_prob(action) - old).exp()
            terms.append(-torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean())
        loss = torch.stack(terms).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
