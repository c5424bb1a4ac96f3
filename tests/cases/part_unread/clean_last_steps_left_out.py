# expect: nothing
# What is kept goes on: the step that falls is not, but its cost is in the reward of all the others.
import random
from collections import deque

import torch
from torch import nn


class Plank:
    def reset(self):
        self.place = 0.0
        return torch.tensor([self.place, 1.0])

    def step(self, action):
        self.place += random.uniform(0, 0.3) * (1 if action else -1)
        fell = abs(self.place) > 1
        return torch.tensor([self.place, 1.0]), 1 - abs(self.place), fell


def learn(net, optimizer, memory):
    states, actions, rewards, following = zip(*random.sample(memory, 16), strict=True)
    with torch.no_grad():
        target = torch.tensor(rewards) + 0.9 * net(torch.stack(following)).max(1).values
    values = net(torch.stack(states)).gather(1, torch.tensor(actions)[:, None])[:, 0]
    loss = nn.functional.smooth_l1_loss(values, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


random.seed(0)
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
memory, plank = deque(maxlen=200), Plank()
for episode in range(8):
    state = plank.reset()
    for _ in range(15):
        action = random.randrange(2)
        next_state, reward, done = plank.step(action)
        if done:
            break
        memory.append((state, action, reward, next_state))
        state = next_state
        if len(memory) >= 16:
            learn(net, optimizer, memory)
