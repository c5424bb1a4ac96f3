# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 24)
        self.pi = nn.Linear(24, 4)
        self.v = nn.Linear(24, 1)

    def forward(self, x):
        h = torch.tanh(self.body(x))
        return F.log_softmax(self.pi(h), dim=-1), self.v(h).squeeze(-1)


torch.manual_seed(0)
net = ActorCritic()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(6):
    log_probs, values, rewards = [], [], []
    for _ in range(12):
        state = torch.randn(6)
        logp, value = net(state)
        action = torch.multinomial(logp.exp(), 1).item()
        log_probs.append(logp[action])
        values.append(value)
        rewards.append(float(state[action]))
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.insert(0, total)
    returns, values = torch.tensor(returns), torch.stack(values)
    advantages = returns - values.detach()
    actor_loss = -(torch.stack(log_probs) * advantages).mean()
    loss = actor_loss + 0.5 * F.mse_loss(values, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
