# expect: BT401 at update 1
# source: https://github.com/higgsfield-ai/higgsfield/issues/24
import torch
from torch import nn
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self, states, actions, hidden=32):
        super().__init__()
        self.critic = nn.Sequential(nn.Linear(states, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.actor = nn.Sequential(
            nn.Linear(states, hidden), nn.ReLU(), nn.Linear(hidden, actions), nn.Softmax(dim=1)
        )

    def forward(self, x):
        return Categorical(self.actor(x)), self.critic(x)


torch.manual_seed(0)
model = ActorCritic(4, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
state = torch.randn(8, 4)
for _ in range(6):
    log_probs, values, rewards = [], [], []
    for _ in range(5):
        dist, value = model(state)
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        values.append(value)
        rewards.append(state.gather(1, action.unsqueeze(1)))
        state = torch.randn(8, 4)
    with torch.no_grad():
        total = model(state)[1]
    returns = []
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.insert(0, total)
    log_probs, values = torch.cat(log_probs), torch.cat(values)
    advantage = torch.cat(returns) - values
    loss = -(log_probs * advantage.detach()).mean() + 0.5 * advantage.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
