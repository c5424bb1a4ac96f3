# expect: nothing
"""The target of a Q-value is made of Q-values: both grow from nothing, and the error with them."""

import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
PLACES = 6


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(PLACES, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, x):
        return self.layers(x)

    def act(self, state, epsilon):
        if random.random() < epsilon:
            return random.randrange(2)
        with torch.no_grad():
            return self(state[None]).argmax(1).item()


def see(place):
    return nn.functional.one_hot(torch.tensor(place), PLACES).float()


model = QNet()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
memory, place = [], 0
for frame in range(110):
    action = model.act(see(place), epsilon=0.5)
    following = max(0, min(PLACES - 1, place + (1 if action or random.random() < 0.2 else -1)))
    reward = float(following**2)
    memory.append((see(place), action, reward, see(following)))
    place = following
    if len(memory) < 16:
        continue
    states, actions, rewards, nexts = zip(*random.sample(memory, 16), strict=True)
    q = model(torch.stack(states)).gather(1, torch.tensor(actions)[:, None]).squeeze(1)
    following_q = model(torch.stack(nexts)).max(1)[0]
    wanted = torch.tensor(rewards) + 0.99 * following_q
    loss = (q - wanted.detach()).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
