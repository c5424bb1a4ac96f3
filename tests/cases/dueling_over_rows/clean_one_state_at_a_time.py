# expect: nothing
# One state has no rows: the mean of all that there is goes over its own actions.
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Dueling(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.val, self.adv = nn.Linear(3, 16), nn.Linear(16, 1), nn.Linear(16, 2)

    def forward(self, state):
        hidden = torch.tanh(self.hidden(state))
        value, advantage = self.val(hidden), self.adv(hidden)
        return value + advantage - advantage.mean()


net = Dueling()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-2)
state = torch.randn(3)
for _ in range(30):
    values = net(state)
    action = int(values.argmax()) if random.random() > 0.1 else random.randrange(2)
    following = torch.randn(3)
    with torch.no_grad():
        target = float(action == int(state[0] > 0)) + 0.9 * net(following).max()
    loss = (values[action] - target) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state = following
